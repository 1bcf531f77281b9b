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
    District { code: "310101", zh: "黄浦区", en: "Huangpu" },
    District { code: "310104", zh: "徐汇区", en: "Xuhui" },
    District { code: "310105", zh: "长宁区", en: "Changning" },
    District { code: "310106", zh: "静安区", en: "Jing'an" },
    District { code: "310107", zh: "普陀区", en: "Putuo" },
    District { code: "310109", zh: "虹口区", en: "Hongkou" },
    District { code: "310110", zh: "杨浦区", en: "Yangpu" },
    District { code: "310112", zh: "闵行区", en: "Minhang" },
    District { code: "310113", zh: "宝山区", en: "Baoshan" },
    District { code: "310114", zh: "嘉定区", en: "Jiading" },
    District { code: "310115", zh: "浦东新区", en: "Pudong" },
    District { code: "310116", zh: "金山区", en: "Jinshan" },
    District { code: "310117", zh: "松江区", en: "Songjiang" },
    District { code: "310118", zh: "青浦区", en: "Qingpu" },
    District { code: "310120", zh: "奉贤区", en: "Fengxian" },
    District { code: "310151", zh: "崇明区", en: "Chongming" },
];
