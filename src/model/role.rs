//! Stub: replaced on merge.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Reader,
    Editor,
    Admin,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub name: Option<String>,
    pub role: Role,
}

impl Caller {
    pub fn anonymous() -> Self {
        Self {
            name: None,
            role: Role::Reader,
        }
    }
}
