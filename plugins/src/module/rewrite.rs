//! In which form does a module run? With its imports led to this host, nothing exported but what
//! is called, its start function turned into such an export, and a line after each hook that says
//! how much memory it has.

use std::collections::BTreeSet;

use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection,
    Module, RawSection, RefType, TableSection, TableType,
};
use wasmparser::{Parser, Payload, TypeRef};

use super::inspect::Found;
use super::{ModuleError, Ready};
use crate::manifest::Hook;

/// The module name under which the host offers its functions.
pub(crate) const HOST: &str = "farandole:host";
/// What was the start function.
const EXPORT_START: &str = "farandole:start";
/// What was `_initialize` or `__wasm_call_ctors`.
const EXPORT_INIT: &str = "farandole:init";
/// The offset that stands for "this is no output, but the number of my memory's pages".
pub(crate) const MEMORY_REPORT: i64 = -1;

/// The name under which a hook is exported.
pub(crate) const fn exported(hook: Hook) -> &'static str {
    match hook {
        Hook::Judge => "farandole:judge",
        Hook::OnEvent => "farandole:on_event",
    }
}

/// A hook's new function: calls the old one, reports the memory, answers what that answered.
struct Wrapper {
    hook: Hook,
    inner: u32,
    type_index: u32,
}

pub(super) fn rewrite(
    wasm: &[u8],
    found: &Found,
    hooks: &BTreeSet<Hook>,
) -> Result<Ready, ModuleError> {
    let wrappers: Vec<Wrapper> = hooks
        .iter()
        .filter_map(|hook| {
            let inner = *found.exports.get(hook.function())?;
            Some(Wrapper { hook: *hook, inner, type_index: found.type_of(inner)? })
        })
        .collect();
    let mut module = Module::new();
    let mut code = CodeSection::new();
    let mut missing_code = true;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(invalid)? {
            Payload::ImportSection(section) => {
                module.section(&imports(section)?);
            }
            Payload::TableSection(section) => {
                module.section(&tables(section)?);
            }
            Payload::FunctionSection(_) => {
                module.section(&functions(found, &wrappers));
            }
            Payload::ExportSection(_) => {
                module.section(&exports(found, &wrappers));
            }
            // The start function is an export from here on.
            Payload::StartSection { .. } | Payload::CustomSection(_) => {}
            Payload::CodeSectionStart { count, .. } => {
                missing_code = false;
                if count == 0 {
                    finish_code(&mut module, &mut code, &wrappers, found);
                }
            }
            Payload::CodeSectionEntry(body) => {
                code.raw(body.as_bytes());
                if usize::try_from(code.len()) == Ok(found.own_types.len()) {
                    finish_code(&mut module, &mut code, &wrappers, found);
                }
            }
            other => {
                if let Some((id, range)) = other.as_section() {
                    let data = wasm.get(range).unwrap_or_default();
                    module.section(&RawSection { id, data });
                }
            }
        }
    }
    if missing_code {
        return Err(ModuleError::Invalid("it has no code of its own".to_owned()));
    }
    Ok(Ready {
        wasm: module.finish(),
        initial_pages: found.pages.unwrap_or_default(),
        first: first(found),
    })
}

fn invalid(problem: wasmparser::BinaryReaderError) -> ModuleError {
    ModuleError::Invalid(problem.to_string())
}

/// What a new instance must run before its first hook.
fn first(found: &Found) -> Vec<&'static str> {
    let start = found.start.map(|_| EXPORT_START);
    start.into_iter().chain(initializer(found).map(|_| EXPORT_INIT)).collect()
}

/// The function that some compilers want to be called first.
fn initializer(found: &Found) -> Option<u32> {
    ["_initialize", "__wasm_call_ctors"]
        .iter()
        .find_map(|name| found.exports.get(*name).copied())
        .filter(|function| found.answers(*function) == Some(false))
}

fn imports(section: wasmparser::ImportSectionReader<'_>) -> Result<ImportSection, ModuleError> {
    let mut out = ImportSection::new();
    for import in section.into_imports() {
        let import = import.map_err(invalid)?;
        if let TypeRef::Func(index) = import.ty {
            out.import(HOST, import.name, EntityType::Function(index));
        }
    }
    Ok(out)
}

/// The tables, none of which can grow past what it says, or past its size when it says nothing.
fn tables(section: wasmparser::TableSectionReader<'_>) -> Result<TableSection, ModuleError> {
    let mut out = TableSection::new();
    for table in section {
        let shape = table.map_err(invalid)?.ty;
        let element_type = match shape.element_type {
            wasmparser::RefType::FUNCREF => RefType::FUNCREF,
            wasmparser::RefType::EXTERNREF => RefType::EXTERNREF,
            other => return Err(ModuleError::Invalid(format!("a table of {other}"))),
        };
        out.table(TableType {
            element_type,
            table64: false,
            minimum: shape.initial,
            maximum: Some(shape.maximum.unwrap_or(shape.initial)),
            shared: false,
        });
    }
    Ok(out)
}

fn functions(found: &Found, wrappers: &[Wrapper]) -> FunctionSection {
    let mut out = FunctionSection::new();
    for index in found.own_types.iter().copied().chain(wrappers.iter().map(|one| one.type_index)) {
        out.function(index);
    }
    out
}

fn exports(found: &Found, wrappers: &[Wrapper]) -> ExportSection {
    let mut out = ExportSection::new();
    let own = u32::try_from(found.own_types.len()).unwrap_or(u32::MAX);
    let mut next = found.imported.saturating_add(own);
    for wrapper in wrappers {
        out.export(exported(wrapper.hook), ExportKind::Func, next);
        next = next.saturating_add(1);
    }
    if let Some(start) = found.start {
        out.export(EXPORT_START, ExportKind::Func, start);
    }
    if let Some(init) = initializer(found) {
        out.export(EXPORT_INIT, ExportKind::Func, init);
    }
    out
}

fn finish_code(module: &mut Module, code: &mut CodeSection, wrappers: &[Wrapper], found: &Found) {
    let report = found.output_set.unwrap_or_default();
    for wrapper in wrappers {
        let mut body = Function::new([]);
        let mut write = body.instructions();
        write.call(wrapper.inner).i64_const(MEMORY_REPORT);
        if found.pages.is_some() {
            write.memory_size(0).i64_extend_i32_u();
        } else {
            write.i64_const(0);
        }
        write.call(report).end();
        code.function(&body);
    }
    module.section(code);
}
