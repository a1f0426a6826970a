//! What is special about a store in a folder: the file system under it.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use bytes::Bytes;
use farandole_storage::{DiskConfig, Store, StoreConfig, StoreError};
use futures::TryStreamExt;

use super::support::{disk, key, keys, pattern};

async fn open(root: &Path) -> Store {
    Store::open(&StoreConfig::Disk(DiskConfig { root: root.to_owned() })).await.unwrap()
}

/// Environment of the child that [`a_full_disk_is_said_and_leaves_nothing`] starts.
const SMALL_DISK: &str = "FARANDOLE_TEST_SMALL_DISK";

/// The test's own binary runs once more in a mount namespace with a tmpfs of 1 MiB.
#[tokio::test]
async fn a_full_disk_is_said_and_leaves_nothing() {
    if let Some(folder) = std::env::var_os(SMALL_DISK) {
        return fill_the_disk(Path::new(&folder)).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = "mount -t tmpfs -o size=1m none \"$1\" && exec \"$2\" --exact \
                  contract::disk::a_full_disk_is_said_and_leaves_nothing --nocapture";
    // As root a namespace for mounts is enough; anybody else needs one for users as well.
    let flags = if rustix::process::geteuid().is_root() { "-m" } else { "-rm" };
    let output = Command::new("unshare")
        .args([flags, "sh", "-c", script, "sh"])
        .args([folder.path(), &std::env::current_exe().unwrap()])
        .env(SMALL_DISK, folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains(" 1 passed"),
        "this test mounts a small tmpfs in a namespace of its own, as root or with user \
         namespaces allowed: {said}"
    );
}

async fn fill_the_disk(folder: &Path) {
    let store = open(&folder.join("media")).await;
    assert!(store.free_bytes().unwrap().unwrap() <= 1 << 20, "the small disk is not small");
    store.put_bytes(&key("a/kept"), pattern(300_000, 1)).await.unwrap();
    let free = store.free_bytes().unwrap();
    let outside = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(outside.path(), pattern(2 << 20, 2)).unwrap();
    for name in ["a/kept", "b/new"] {
        let key = key(name);
        let chunks = (0..30).map(|n| Ok::<_, std::io::Error>(pattern(100_000, n)));
        let failures = [
            store.put_bytes(&key, pattern(2 << 20, 3)).await.unwrap_err(),
            store.put_file(&key, outside.path()).await.unwrap_err(),
            store.put_finished_file(&key, outside.path()).await.unwrap_err(),
            store.put_stream(&key, futures::stream::iter(chunks)).await.unwrap_err(),
        ];
        for said in failures {
            assert!(matches!(said, StoreError::Full { .. }), "{said:?}");
            assert!(said.to_string().contains("no room left to store"), "{said}");
        }
    }
    assert_eq!(keys(&store).await, ["a/kept"]);
    assert_eq!(store.read(&key("a/kept"), 1 << 20).await.unwrap(), pattern(300_000, 1));
    assert_eq!(store.free_bytes().unwrap(), free, "something was left behind");
    store.put_bytes(&key("b/new"), pattern(300_000, 4)).await.unwrap();
}

#[tokio::test]
async fn what_a_killed_process_left_is_swept_and_a_living_one_is_not_disturbed() {
    if let Some(folder) = std::env::var_os("FARANDOLE_TEST_KILLED_IN") {
        let store = open(Path::new(&folder)).await;
        let endless =
            futures::stream::repeat_with(|| Ok::<Bytes, std::io::Error>(pattern(1 << 16, 1)));
        let slow = endless.and_then(|bytes| async {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            Ok(bytes)
        });
        store.put_stream(&key("a/b"), slow).await.unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let temporary = |least: u64| {
        let found = Command::new("find")
            .arg(folder.path())
            .args(["-type", "f", "-path", "*/.tmp/*/*", "-printf", "%s\n"])
            .output()
            .unwrap();
        let sizes = String::from_utf8(found.stdout).unwrap();
        sizes.lines().filter(|size| size.parse::<u64>().unwrap() >= least).count()
    };
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "contract::disk::what_a_killed_process_left_is_swept_and_a_living_one_is_not_disturbed",
        ])
        .env("FARANDOLE_TEST_KILLED_IN", folder.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    for _ in 0..400 {
        if temporary(1 << 20) == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    // A second store on the folder, as the doctor opens one, leaves the writer alone.
    drop(open(folder.path()).await);
    assert_eq!(temporary(1 << 20), 1);
    writer.kill().unwrap();
    writer.wait().unwrap();
    assert_eq!(temporary(1 << 20), 1, "the killed writer should leave its half file");
    let store = open(folder.path()).await;
    assert_eq!(temporary(0), 0);
    assert!(keys(&store).await.is_empty());
}

#[tokio::test]
async fn links_in_the_folder_lead_nowhere() {
    let stage = disk().await;
    let (store, media) = (&stage.store, stage.folder.path().join("media"));
    let outside = stage.folder.path().join("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("secret"), "secret").unwrap();
    symlink(&outside, media.join("out")).unwrap();
    store.put_bytes(&key("in/a"), "a").await.unwrap();
    symlink(outside.join("secret"), media.join("in/link")).unwrap();

    let blocked =
        |said: StoreError| assert!(matches!(said, StoreError::Blocked { .. }), "{said:?}");
    for name in ["out/secret", "in/link"] {
        let key = key(name);
        blocked(store.stat(&key).await.unwrap_err());
        blocked(store.read(&key, 100).await.unwrap_err());
        blocked(store.open_local(&key).await.unwrap_err());
        blocked(store.copy(&key, &super::support::key("in/copy")).await.unwrap_err());
    }
    blocked(store.put_bytes(&key("out/new"), "new").await.unwrap_err());
    blocked(store.delete(&key("out/secret")).await.unwrap_err());
    blocked(store.delete_prefix(&key("out/deeper")).await.unwrap_err());
    // A put over a link, and a delete of one, concern the link itself.
    store.put_bytes(&key("in/link"), "new").await.unwrap();
    assert_eq!(store.delete_prefix(&key("in")).await.unwrap(), 2);
    assert_eq!(std::fs::read(outside.join("secret")).unwrap(), b"secret");
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 1);
    assert!(keys(store).await.is_empty());
}

#[tokio::test]
async fn a_folder_and_an_object_do_not_take_each_others_place() {
    let stage = disk().await;
    let store = &stage.store;
    store.put_bytes(&key("a/b"), "bytes").await.unwrap();
    for (name, found) in [("a", "a folder"), ("a/b/c", "a file, not a folder")] {
        let said = store.put_bytes(&key(name), "other").await.unwrap_err();
        assert!(matches!(said, StoreError::Blocked { found: f, .. } if f == found), "{said:?}");
        assert_eq!(store.stat(&key(name)).await.unwrap(), None);
        store.delete(&key(name)).await.unwrap();
    }
    assert_eq!(keys(store).await, ["a/b"]);
    stage.assert_nothing_half_written();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn puts_beside_deletes_never_lose_their_folder() {
    let stage = disk().await;
    let store = &stage.store;
    let pairs = (0..40).map(|n| async move {
        let (kept, gone) = (key(&format!("hls/v/{n}/kept")), key(&format!("hls/v/{n}/gone")));
        for _ in 0..5 {
            store.put_bytes(&gone, "gone").await.unwrap();
            let (deleted, put) = tokio::join!(store.delete(&gone), store.put_bytes(&kept, "kept"));
            deleted.unwrap();
            put.unwrap();
            store.delete(&kept).await.unwrap();
        }
        store.put_bytes(&kept, "kept").await.unwrap();
    });
    futures::future::join_all(pairs).await;
    assert_eq!(keys(store).await.len(), 40);
}

#[tokio::test]
async fn empty_folders_do_not_stay_and_private_bytes_are_not_for_everybody() {
    let stage = disk().await;
    let (store, media) = (&stage.store, stage.folder.path().join("media"));
    store.put_bytes(&key("hls/v/g/file"), "bytes").await.unwrap();
    for (path, mode) in [("hls", 0o750), ("hls/v/g/file", 0o640)] {
        let found = media.join(path).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(found & !mode, 0, "{path} has {found:o}");
    }
    store.delete(&key("hls/v/g/file")).await.unwrap();
    assert!(!media.join("hls").exists());
}

#[tokio::test]
async fn a_finished_file_takes_no_second_room() {
    let stage = disk().await;
    let path = stage.folder.path().join("scratch");
    std::fs::write(&path, pattern(100_000, 1)).unwrap();
    let (copied, linked, again) = (key("a/copied"), key("a/linked"), key("a/again"));
    stage.store.put_file(&copied, &path).await.unwrap();
    stage.store.put_finished_file(&linked, &path).await.unwrap();
    stage.store.copy(&linked, &again).await.unwrap();
    let inode = |key| stage.store.local_path(key).unwrap().metadata().unwrap().ino();
    let source = path.metadata().unwrap().ino();
    assert_eq!((inode(&linked), inode(&again)), (source, source));
    assert_ne!(inode(&copied), source);
    // A name that is a link is followed to its file, which is copied or linked, not the link.
    symlink(&path, stage.folder.path().join("link")).unwrap();
    let through = key("a/through");
    stage.store.put_finished_file(&through, &stage.folder.path().join("link")).await.unwrap();
    assert_eq!(stage.store.read(&through, 1 << 20).await.unwrap(), pattern(100_000, 1));
}

#[tokio::test]
async fn an_object_is_an_open_file_on_the_fast_path() {
    let stage = disk().await;
    let (key, bytes) = (key("hls/v/g/720p.mp4"), pattern(1 << 20, 1));
    stage.store.put_bytes(&key, bytes.clone()).await.unwrap();
    let file = stage.store.open_local(&key).await.unwrap().unwrap();
    assert_eq!(Some(file.stat()), stage.store.stat(&key).await.unwrap().as_ref());
    let got: Vec<u8> =
        file.read_stream(1_000..900_000).map_ok(|b| b.to_vec()).try_concat().await.unwrap();
    assert!(got == bytes[1_000..900_000]);
    assert!(stage.store.signed_url(&key, std::time::Duration::MAX, None).await.unwrap().is_none());
}

#[tokio::test]
async fn a_root_that_cannot_be_made_is_said_plainly() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let root = file.path().join("media");
    let config = StoreConfig::Disk(DiskConfig { root: root.clone() });
    let said = Store::open(&config).await.unwrap_err().to_string();
    assert!(said.starts_with(&format!("could not open {}", root.display())), "{said}");
}
