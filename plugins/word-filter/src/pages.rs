//! How is a table over all characters kept cheaply? In pages that are worked out when first
//! used. A text touches few of them: working out all would cost every fresh WebAssembly instance
//! many milliseconds.

use std::sync::OnceLock;

const PAGE: usize = 128;
const PAGES: usize = 0x11_0000 / PAGE;

#[derive(Debug)]
enum Slot<T> {
    None,
    One(T),
    Many(Box<[T]>),
}

/// What each character becomes: nothing, one or several `T`.
#[derive(Debug)]
pub(crate) struct Pages<T: 'static> {
    pages: [OnceLock<Box<[Slot<T>]>>; PAGES],
    work_out: fn(char) -> Vec<T>,
}

impl<T> Pages<T> {
    pub(crate) const fn new(work_out: fn(char) -> Vec<T>) -> Self {
        Self { pages: [const { OnceLock::new() }; PAGES], work_out }
    }

    pub(crate) fn of(&self, c: char) -> &[T] {
        let code = usize::try_from(u32::from(c)).unwrap_or(0);
        let Some(page) = self.pages.get(code / PAGE) else { return &[] };
        match page.get_or_init(|| self.fill(code / PAGE)).get(code % PAGE) {
            Some(Slot::One(one)) => std::slice::from_ref(one),
            Some(Slot::Many(many)) => many,
            Some(Slot::None) | None => &[],
        }
    }

    fn fill(&self, page: usize) -> Box<[Slot<T>]> {
        (0..PAGE)
            .map(|index| {
                let code = u32::try_from(page * PAGE + index).ok();
                let mut all = code.and_then(char::from_u32).map(self.work_out).unwrap_or_default();
                match all.len() {
                    0 => Slot::None,
                    1 => all.pop().map_or(Slot::None, Slot::One),
                    _ => Slot::Many(all.into()),
                }
            })
            .collect()
    }
}
