//! What bytes do the automata see of a text or an entry? UTF-8 of the folded characters, or of
//! their loose form with runs of one letter made one; each byte knows its atom.

use crate::looks;
use crate::reading::Atom;

/// Which form of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Folded characters.
    Plain,
    /// What may stand for each other is one, and so is a letter several times in a row.
    Loose,
}

/// Bytes for an automaton.
#[derive(Debug, Default)]
pub(super) struct Encoded {
    pub(super) bytes: Vec<u8>,
    /// For each byte the index of the (first) atom it stands for.
    pub(super) atoms: Vec<u32>,
    /// How many atoms there are.
    pub(super) end: usize,
}

impl Encoded {
    /// The atom of the byte `at`, or the end.
    pub(super) fn atom(&self, at: usize) -> usize {
        self.atoms.get(at).and_then(|atom| usize::try_from(*atom).ok()).unwrap_or(self.end)
    }

    /// The first atom that the atom of byte `at` does not stand together with.
    pub(super) fn after(&self, at: usize) -> usize {
        let atom = self.atoms.get(at);
        let rest = self.atoms.get(at..).unwrap_or_default();
        let same = rest.iter().take_while(|other| Some(*other) == atom).count();
        self.atom(at + same)
    }
}

/// Encodes `atoms`.
pub(super) fn encode(atoms: &[Atom], form: Form) -> Encoded {
    let mut encoded = Encoded {
        bytes: Vec::with_capacity(atoms.len() + atoms.len() / 4),
        atoms: Vec::with_capacity(atoms.len() + atoms.len() / 4),
        end: atoms.len(),
    };
    let mut before: &[char] = &[];
    for (index, atom) in (0_u32..).zip(atoms) {
        match form {
            Form::Plain => encoded.push(atom.ch, index),
            Form::Loose => {
                let loose = looks::loose(atom.ch);
                if loose != before {
                    for c in loose {
                        encoded.push(*c, index);
                    }
                    before = loose;
                }
            }
        }
    }
    encoded
}

impl Encoded {
    fn push(&mut self, c: char, atom: u32) {
        if c.is_ascii() {
            self.bytes.push(u8::try_from(c).unwrap_or(b' '));
            self.atoms.push(atom);
        } else {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                self.bytes.push(byte);
                self.atoms.push(atom);
            }
        }
    }
}
