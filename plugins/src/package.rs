//! How does a plugin travel? As one file: the WebAssembly module itself, with its manifest as JSON
//! in a custom section, so that every tool for WebAssembly still reads it. Its name is its SHA-256.

use sha2::{Digest, Sha256};
use wasm_encoder::{CustomSection, Encode, Section};
use wasmparser::{Parser, Payload};

use crate::manifest::{Manifest, ManifestError};

/// The most bytes a package may have.
pub const MAX_PACKAGE_BYTES: usize = 16 << 20;
/// The custom section that holds the manifest.
const SECTION: &str = "farandole:manifest";

/// A plugin as it travels: read, but neither inspected nor compiled.
#[derive(Debug, Clone)]
pub struct Package {
    manifest: Manifest,
    bytes: Vec<u8>,
    sha256: [u8; 32],
}

/// Why a file is no package.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// It is longer than [`MAX_PACKAGE_BYTES`].
    #[error("the file has {0} bytes; a plugin may have 16 MiB")]
    TooLarge(usize),
    /// It is no WebAssembly module.
    #[error("the file is no WebAssembly module: {0}")]
    NotWasm(String),
    /// It is a module without a manifest.
    #[error(
        "the file is a WebAssembly module without a manifest; make a plugin of it with \
         `farandole plugin build`"
    )]
    NoManifest,
    /// It holds several manifests, so that nobody can tell which one counts.
    #[error("the file holds more than one manifest")]
    TwoManifests,
    /// Its manifest was refused.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// It is not the file that was asked for.
    #[error(
        "the file's SHA-256 is {found}, not {wanted}: it was changed on its way, or is another"
    )]
    Checksum {
        /// What was asked for.
        wanted: String,
        /// What came.
        found: String,
    },
}

impl Package {
    /// Puts a manifest and a module together. A manifest that the module already has is replaced.
    ///
    /// # Errors
    /// When the module is no WebAssembly, or the whole would be too long.
    pub fn build(manifest: &Manifest, wasm: &[u8]) -> Result<Self, PackageError> {
        if wasm.len() > MAX_PACKAGE_BYTES {
            return Err(PackageError::TooLarge(wasm.len()));
        }
        let json = serde_json::to_vec(manifest)
            .map_err(|problem| ManifestError::Unreadable(problem.to_string()))?;
        let mut bytes = without_manifest(wasm)?;
        let section = CustomSection { name: SECTION.into(), data: json.as_slice().into() };
        bytes.push(section.id());
        section.encode(&mut bytes);
        Self::read(bytes)
    }

    /// Reads a package.
    ///
    /// # Errors
    /// When it is no module with exactly one valid manifest.
    pub fn read(bytes: Vec<u8>) -> Result<Self, PackageError> {
        if bytes.len() > MAX_PACKAGE_BYTES {
            return Err(PackageError::TooLarge(bytes.len()));
        }
        let mut found = None;
        for payload in Parser::new(0).parse_all(&bytes) {
            let payload = payload.map_err(|problem| PackageError::NotWasm(problem.to_string()))?;
            if let Payload::CustomSection(section) = payload
                && section.name() == SECTION
                && found.replace(section.data()).is_some()
            {
                return Err(PackageError::TwoManifests);
            }
        }
        let manifest = Manifest::from_json(found.ok_or(PackageError::NoManifest)?)?;
        let sha256 = Sha256::digest(&bytes).into();
        Ok(Self { manifest, bytes, sha256 })
    }

    /// Reads a package that must be one certain file.
    ///
    /// # Errors
    /// As [`Package::read`], and when its SHA-256 (hexadecimal) is another.
    pub fn read_checked(bytes: Vec<u8>, sha256: &str) -> Result<Self, PackageError> {
        let found = hex::encode(Sha256::digest(&bytes));
        if !found.eq_ignore_ascii_case(sha256.trim()) {
            return Err(PackageError::Checksum { wanted: sha256.trim().to_owned(), found });
        }
        Self::read(bytes)
    }

    /// What it says about itself.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The whole file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The SHA-256 of the whole file, hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex::encode(self.sha256)
    }
}

/// A copy of a module without the manifest section.
fn without_manifest(wasm: &[u8]) -> Result<Vec<u8>, PackageError> {
    let mut kept = Vec::with_capacity(wasm.len());
    let mut copied = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.map_err(|problem| PackageError::NotWasm(problem.to_string()))?;
        let Some((_, range)) = payload.as_section() else { continue };
        let ours = matches!(&payload, Payload::CustomSection(section) if section.name() == SECTION);
        if ours {
            // The section's id and length stand between what was copied and its contents.
            copied = range.end;
            continue;
        }
        kept.extend_from_slice(wasm.get(copied.min(range.end)..range.end).unwrap_or_default());
        copied = range.end;
    }
    if kept.is_empty() {
        kept.extend_from_slice(wasm.get(..8).unwrap_or_default());
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "name='ab'\nversion='1.0.0'\napi=1\ntitle='A'\nhooks=['judge']";

    fn module() -> Vec<u8> {
        wat::parse_str("(module (func (export \"judge\")))").unwrap()
    }

    fn manifest() -> Manifest {
        Manifest::from_toml(MANIFEST).unwrap()
    }

    #[test]
    fn a_package_is_read_back_as_it_was_built() {
        let built = Package::build(&manifest(), &module()).unwrap();
        let read = Package::read(built.bytes().to_vec()).unwrap();
        assert_eq!(read.manifest(), &manifest());
        assert_eq!(read.sha256(), built.sha256());
        assert!(built.bytes().starts_with(&module()));
    }

    #[test]
    fn building_again_replaces_the_manifest() {
        let first = Package::build(&manifest(), &module()).unwrap();
        let next = Manifest::from_toml(&MANIFEST.replace("1.0.0", "2.0.0")).unwrap();
        let second = Package::build(&next, first.bytes()).unwrap();
        assert_eq!(second.manifest().version, "2.0.0");
        assert_eq!(second.bytes().len(), first.bytes().len());
    }

    #[test]
    fn an_empty_module_can_carry_a_manifest() {
        let built = Package::build(&manifest(), &wat::parse_str("(module)").unwrap()).unwrap();
        assert_eq!(built.manifest().name, "ab");
    }

    #[test]
    fn what_is_no_package_is_refused() {
        assert!(matches!(Package::read(b"PK\x03\x04".to_vec()), Err(PackageError::NotWasm(_))));
        assert!(matches!(Package::read(Vec::new()), Err(PackageError::NotWasm(_))));
        assert!(matches!(Package::read(module()), Err(PackageError::NoManifest)));
        let long = vec![0; MAX_PACKAGE_BYTES + 1];
        assert!(matches!(Package::read(long), Err(PackageError::TooLarge(_))));
        let mut twice = Package::build(&manifest(), &module()).unwrap().bytes().to_vec();
        let section = twice.get(module().len()..).unwrap().to_vec();
        twice.extend(section);
        assert!(matches!(Package::read(twice), Err(PackageError::TwoManifests)));
    }

    #[test]
    fn a_changed_file_is_noticed() {
        let built = Package::build(&manifest(), &module()).unwrap();
        let sum = built.sha256();
        assert!(Package::read_checked(built.bytes().to_vec(), &sum.to_uppercase()).is_ok());
        let mut changed = built.bytes().to_vec();
        *changed.last_mut().unwrap() ^= 1;
        let refused = Package::read_checked(changed, &sum).unwrap_err();
        assert!(matches!(refused, PackageError::Checksum { .. }), "{refused}");
    }
}
