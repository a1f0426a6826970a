//! Which parts of a module are allowed? Reads it once, validating it with the few WebAssembly
//! features that plugins get.

use std::collections::BTreeMap;

use wasmparser::{
    ExternalKind, FuncType, FunctionBody, Operator, Parser, Payload, TypeRef, ValType, Validator,
    WasmFeatures,
};

use super::ModuleError;
use crate::manifest::Manifest;
use crate::run::imports::{self, Allowed};

/// The module whose functions Extism's kits for authors import.
const KIT: &str = "extism:host/env";

/// More entries no table needs.
const MAX_TABLE: u64 = 100_000;
/// One bulk instruction may touch the whole memory: in one function without a loop there may be
/// so many, because the wall clock is looked at only at calls and loops.
const MAX_BULK: usize = 2_000;
/// More functions make compiling slow.
const MAX_FUNCTIONS: u32 = 50_000;

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// Exported functions by name, with their index.
    pub(super) exports: BTreeMap<String, u32>,
    /// The start function.
    pub(super) start: Option<u32>,
    /// How many functions are imported.
    pub(super) imported: u32,
    /// How many pages its memory starts with; `None` when it has no memory.
    pub(super) pages: Option<u64>,
    /// The index of the import through which a plugin answers.
    pub(super) output_set: Option<u32>,
    /// The type indices of the module's own functions.
    pub(super) own_types: Vec<u32>,
    /// The type indices of imported functions.
    imported_types: Vec<u32>,
    types: Vec<Option<FuncType>>,
}

impl Found {
    /// The type index of a function.
    pub(super) fn type_of(&self, function: u32) -> Option<u32> {
        match function.checked_sub(self.imported) {
            Some(own) => self.own_types.get(usize::try_from(own).ok()?).copied(),
            None => self.imported_types.get(usize::try_from(function).ok()?).copied(),
        }
    }

    /// Whether a function takes nothing, and whether it answers an `i32`: `None` when it has
    /// another shape.
    pub(super) fn answers(&self, function: u32) -> Option<bool> {
        let index = usize::try_from(self.type_of(function)?).ok()?;
        let shape = self.types.get(index)?.as_ref()?;
        match (shape.params(), shape.results()) {
            ([], []) => Some(false),
            ([], [ValType::I32]) => Some(true),
            _ => None,
        }
    }
}

/// The features that plugins get: what compilers emit by default today, and no more. No threads
/// (waiting would block a host thread without using fuel), no second or 64-bit memory, no garbage
/// collector, no exceptions.
fn features() -> WasmFeatures {
    WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::SIMD
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::FLOATS
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::GC_TYPES
}

pub(super) fn inspect(wasm: &[u8], manifest: &Manifest) -> Result<Found, ModuleError> {
    let invalid =
        |problem: wasmparser::BinaryReaderError| ModuleError::Invalid(problem.to_string());
    Validator::new_with_features(features()).validate_all(wasm).map_err(invalid)?;
    let mut found = Found::default();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(invalid)? {
            Payload::TypeSection(section) => {
                for shape in section.into_iter_err_on_gc_types() {
                    found.types.push(Some(shape.map_err(invalid)?));
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    note_import(&import.map_err(invalid)?, manifest, &mut found)?;
                }
            }
            Payload::FunctionSection(section) => {
                if section.count() > MAX_FUNCTIONS {
                    return Err(ModuleError::TooMuch(format!("{} functions", section.count())));
                }
                for index in section {
                    found.own_types.push(index.map_err(invalid)?);
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    let shape = table.map_err(invalid)?.ty;
                    check_table(shape.initial, shape.maximum)?;
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    let pages = memory.map_err(invalid)?.initial;
                    check_memory(pages, manifest)?;
                    found.pages = Some(pages);
                }
            }
            Payload::StartSection { func, .. } => found.start = Some(func),
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export.map_err(invalid)?;
                    if export.kind == ExternalKind::Func {
                        found.exports.insert(export.name.to_owned(), export.index);
                    }
                }
            }
            Payload::CodeSectionEntry(body) => check_body(&body)?,
            _ => {}
        }
    }
    check_hooks(&found, manifest)?;
    Ok(found)
}

fn note_import(
    import: &wasmparser::Import<'_>,
    manifest: &Manifest,
    found: &mut Found,
) -> Result<(), ModuleError> {
    let full = format!("{} {}", import.module, import.name);
    let TypeRef::Func(index) = import.ty else {
        return Err(ModuleError::Import(format!("{full}, which is no function")));
    };
    let wanted = imports::named(import.module, import.name);
    let Some(wanted) = wanted else {
        return Err(ModuleError::Import(full));
    };
    let shape = usize::try_from(index).ok().and_then(|at| found.types.get(at)).cloned().flatten();
    let fits = shape
        .is_some_and(|shape| shape.params() == wanted.params && shape.results() == wanted.results);
    if !fits {
        return Err(ModuleError::Invalid(format!("{full} has another shape")));
    }
    if let Allowed::With { permission, asked } = wanted.allowed
        && !asked(&manifest.permissions)
    {
        return Err(ModuleError::Forged { import: import.name.to_owned(), permission });
    }
    if (import.module, import.name) == (KIT, "output_set") {
        found.output_set = Some(found.imported);
    }
    found.imported_types.push(index);
    found.imported += 1;
    Ok(())
}

fn check_table(initial: u64, maximum: Option<u64>) -> Result<(), ModuleError> {
    // A table that says no maximum is given its size as one when it is rewritten: it cannot grow.
    let most = maximum.unwrap_or(initial);
    if initial > MAX_TABLE || most > MAX_TABLE {
        return Err(ModuleError::TooMuch(format!(
            "a table of {most} entries; at most {MAX_TABLE} are allowed"
        )));
    }
    Ok(())
}

fn check_memory(initial: u64, manifest: &Manifest) -> Result<(), ModuleError> {
    let bytes = initial.saturating_mul(64 << 10);
    // What a module starts with is counted again when it grows, so half is the most.
    let most = manifest.limits.memory_bytes / 2;
    if bytes > most {
        return Err(ModuleError::TooMuch(format!(
            "{bytes} bytes of memory at the start; at most {most} are allowed, half of \
             limits.memory_bytes"
        )));
    }
    Ok(())
}

fn check_body(body: &FunctionBody<'_>) -> Result<(), ModuleError> {
    let invalid =
        |problem: wasmparser::BinaryReaderError| ModuleError::Invalid(problem.to_string());
    let mut bulk = 0;
    for operator in body.get_operators_reader().map_err(invalid)? {
        bulk += usize::from(matches!(
            operator.map_err(invalid)?,
            Operator::MemoryFill { .. }
                | Operator::MemoryCopy { .. }
                | Operator::MemoryInit { .. }
                | Operator::TableFill { .. }
                | Operator::TableCopy { .. }
                | Operator::TableInit { .. }
        ));
    }
    if bulk > MAX_BULK {
        return Err(ModuleError::TooMuch(format!(
            "a function with {bulk} instructions that move much memory; at most {MAX_BULK} are \
             allowed"
        )));
    }
    Ok(())
}

fn check_hooks(found: &Found, manifest: &Manifest) -> Result<(), ModuleError> {
    for hook in &manifest.hooks {
        let name = hook.function();
        let function = found.exports.get(name).ok_or(ModuleError::Hook(name))?;
        if found.answers(*function).is_none() {
            return Err(ModuleError::Invalid(format!(
                "the function {name} must take nothing and answer nothing or one i32"
            )));
        }
    }
    if found.output_set.is_none() {
        return Err(ModuleError::Invalid(
            "it cannot answer, for it does not import output_set".to_owned(),
        ));
    }
    Ok(())
}
