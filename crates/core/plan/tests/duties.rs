//! Who owes what to whom by when: golden scenarios, the story of one incident, rules one by one.

#[cfg(test)]
mod duties {
    mod golden;
    mod kinds;
    mod properties;
    mod rules;
    mod shapes;
    mod story;
    mod telling;
}
