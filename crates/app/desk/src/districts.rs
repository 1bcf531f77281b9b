//! The districts of Shanghai by their GB/T 2260 codes, for forms and the demonstration.
//!
//! A deployment elsewhere registers its own district authorities; nothing in the plan depends on this.

use fengsui_vocabulary::Label;

/// A district: its code and both names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct District {
    /// GB/T 2260 code.
    pub code: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// Where its tile stands on a map of equal tiles: column and row, from the north-west.
    pub tile: (u8, u8),
}

impl District {
    /// Both names.
    pub fn label(&self) -> Label {
        Label::new(self.zh, self.en)
    }

    /// The district of a code.
    pub fn of(code: &str) -> Option<&'static Self> {
        DISTRICTS.iter().find(|district| district.code == code)
    }
}

/// The sixteen districts.
pub static DISTRICTS: &[District] = &[
    District { code: "310101", zh: "黄浦区", en: "Huangpu", tile: (3, 2) },
    District { code: "310104", zh: "徐汇区", en: "Xuhui", tile: (2, 2) },
    District { code: "310105", zh: "长宁区", en: "Changning", tile: (1, 2) },
    District { code: "310106", zh: "静安区", en: "Jing'an", tile: (2, 1) },
    District { code: "310107", zh: "普陀区", en: "Putuo", tile: (1, 1) },
    District { code: "310109", zh: "虹口区", en: "Hongkou", tile: (3, 1) },
    District { code: "310110", zh: "杨浦区", en: "Yangpu", tile: (4, 1) },
    District { code: "310112", zh: "闵行区", en: "Minhang", tile: (2, 3) },
    District { code: "310113", zh: "宝山区", en: "Baoshan", tile: (2, 0) },
    District { code: "310114", zh: "嘉定区", en: "Jiading", tile: (1, 0) },
    District { code: "310115", zh: "浦东新区", en: "Pudong", tile: (4, 2) },
    District { code: "310116", zh: "金山区", en: "Jinshan", tile: (1, 4) },
    District { code: "310117", zh: "松江区", en: "Songjiang", tile: (1, 3) },
    District { code: "310118", zh: "青浦区", en: "Qingpu", tile: (0, 2) },
    District { code: "310120", zh: "奉贤区", en: "Fengxian", tile: (3, 3) },
    District { code: "310151", zh: "崇明区", en: "Chongming", tile: (4, 0) },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_districts_have_the_same_tile() {
        let tiles: BTreeSet<(u8, u8)> = DISTRICTS.iter().map(|district| district.tile).collect();
        assert_eq!(tiles.len(), DISTRICTS.len());
        assert!(tiles.iter().all(|(column, row)| *column < 5 && *row < 5));
    }
}
