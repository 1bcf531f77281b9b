//! Rules of the house: those that ship hold until a keeper of the plans puts the centre's own in force.

use std::sync::Arc;

use fengsui_response::Actor;
use fengsui_response::centre::{Centre, CentreCommand};
use fengsui_response::house::{House, HouseMistakes};

use crate::secret::sha256_hex;
use crate::{Desk, DeskFault, FieldProblem};

impl Desk {
    /// The rules of the house in force, as they were written.
    pub async fn house_text(&self) -> Result<String, DeskFault> {
        match self.directory().centre().houses.last() {
            None => Ok(House::SHIPPED.to_owned()),
            Some(adopted) => {
                let bytes = self.bytes(adopted.bytes.blob).await?.unwrap_or_default();
                String::from_utf8(bytes).map_err(|fault| DeskFault::Unreadable(fault.to_string()))
            }
        }
    }

    /// Puts rules of the house in force; those with a mistake are refused with every mistake. What was
    /// recorded stays; what happens next follows from the new ones.
    pub async fn adopt_house(&self, by: &Actor, text: &str) -> Result<(), DeskFault> {
        House::read(text).map_err(malformed)?;
        let bytes = self.keep_bytes(text.as_bytes().to_vec()).await?;
        let hash = sha256_hex(text.as_bytes());
        let command = CentreCommand::AdoptHouse { hash, bytes: bytes.reference };
        self.act_on_centre(by, command, bytes.new.into_iter().collect()).await?;
        self.refresh_after_policy().await
    }

    /// Reads the rules that were put in force last, unless they are at hand.
    pub(crate) async fn refresh_house(&self, centre: &Centre) -> Result<(), DeskFault> {
        let (held, _) = self.house_in_force();
        let Some(adopted) = centre.houses.last().filter(|it| it.hash != held) else {
            return Ok(());
        };
        let bytes = self.bytes(adopted.bytes.blob).await?.unwrap_or_default();
        let unreadable = |why: String| DeskFault::Unreadable(format!("rules of the house: {why}"));
        let text = String::from_utf8(bytes).map_err(|fault| unreadable(fault.to_string()))?;
        let house = House::read(&text).map_err(|mistakes| unreadable(mistakes.to_string()))?;
        self.take_house(adopted.hash.clone(), Arc::new(house));
        Ok(())
    }
}

fn malformed(mistakes: HouseMistakes) -> DeskFault {
    let problem =
        |it: fengsui_response::house::HouseMistake| FieldProblem::new("house", it.to_string());
    DeskFault::Malformed(mistakes.0.into_iter().map(problem).collect())
}
