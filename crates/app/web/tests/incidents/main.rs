//! The screens of an incident, through the real router on a SQLite file, with a clock that stands where
//! it was set: the page in both languages, and what becomes of forms.

#[cfg(test)]
mod forms;
#[cfg(test)]
mod house;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod pages;
