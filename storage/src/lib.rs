//! Where do bytes live? Keys to bytes, on disk or in S3.
