//! What does a failure of the S3 service mean, and what should the operator check?

use object_store::Error;

use crate::StoreError;

/// Error codes of services that ran out of room or quota, as they stand in the answer's XML.
const FULL: [&str; 5] = [
    "QuotaExceeded",
    "QuotaExceededException",
    "XMinioStorageFull",
    "EntityTooLargeForQuota",
    "507 Insufficient Storage",
];

/// Put a failure while `doing` something to `what` into our words.
pub(super) fn explain(doing: &'static str, what: impl ToString, error: Error) -> StoreError {
    let what = what.to_string();
    let said = error.to_string();
    if FULL.iter().any(|code| said.contains(code)) {
        return StoreError::Full { what };
    }
    // A missing bucket is a 404 too, but no object will ever be found in it.
    let no_bucket = said.contains("NoSuchBucket");
    if matches!(error, Error::NotFound { .. }) && !no_bucket {
        return StoreError::NotFound { what };
    }
    let advice = match &error {
        _ if no_bucket => "the bucket does not exist; make it, or correct its name".to_owned(),
        _ if said.contains("InvalidAccessKeyId") => {
            "the service does not know the access key; check it".to_owned()
        }
        _ if said.contains("SignatureDoesNotMatch") => {
            "the service refuses the signature; check the secret key and the region".to_owned()
        }
        _ if said.contains("RequestTimeTooSkewed") => {
            "the clocks of this machine and of the service differ; set this machine's clock"
                .to_owned()
        }
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            "the service refuses the access key; check the key, its secret, and that it may get, \
             put, delete and list in this bucket"
                .to_owned()
        }
        _ if said.contains("LOCATION") || said.contains("AuthorizationHeaderMalformed") => {
            "the bucket is in another region; check the region and the endpoint".to_owned()
        }
        _ => format!(
            "the service failed or could not be reached; check the endpoint and the network. \
             It said: {}",
            innermost(&error)
        ),
    };
    StoreError::S3 { doing, what, advice, source: Box::new(error) }
}

/// The last cause is the one that says something, such as "Connection refused".
fn innermost(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string().chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(text: &str) -> Error {
        Error::Generic { store: "S3", source: text.into() }
    }

    #[test]
    fn a_full_bucket_is_a_full_store() {
        let said = explain("write", "a/b", generic("<Code>XMinioStorageFull</Code>"));
        assert!(matches!(said, StoreError::Full { .. }), "{said:?}");
    }

    #[test]
    fn a_missing_bucket_is_not_a_missing_object() {
        let missing = |text: &str| Error::NotFound { path: "a".into(), source: text.into() };
        let said = explain("read", "a", missing("<Code>NoSuchBucket</Code>"));
        assert!(said.to_string().contains("bucket does not exist"), "{said}");
        let said = explain("read", "a", missing("<Code>NoSuchKey</Code>"));
        assert!(matches!(said, StoreError::NotFound { .. }), "{said:?}");
    }

    #[test]
    fn other_failures_quote_their_cause_in_part() {
        let said = explain("read", "a", generic(&"x".repeat(5_000))).to_string();
        assert!(said.contains("check the endpoint") && said.len() < 600, "{said}");
    }
}
