//! The job queue: nothing lost, nothing done twice.

use std::collections::HashSet;
use std::time::Duration;

use farandole::db::jobs::{self, Claimant, Weight};
use farandole::db::{Db, DbError};
use farandole::domain::{Job, Millis};
use farandole::transact;

use crate::support::TestDatabase;

const LEASE: Duration = Duration::from_secs(30);

fn node(name: &str, boot: &str) -> Claimant {
    Claimant { node: name.to_owned(), boot_id: boot.to_owned() }
}

async fn enqueue(db: &Db, job: Job) -> Option<i64> {
    transact!(db, tx => { jobs::enqueue(tx, &job, Millis(0), None, Millis(0)).await }).unwrap()
}

async fn claim(db: &Db, by: &Claimant, now: i64) -> Option<jobs::Claimed> {
    transact!(db, tx => { jobs::claim(tx, by, Weight::Light, LEASE, Millis(now)).await }).unwrap()
}

#[tokio::test]
async fn a_rolled_back_cause_leaves_no_job() {
    let folder = tempfile::tempdir().unwrap();
    let db = TestDatabase::create(folder.path()).await;
    let handle = db.open().await;
    let outcome: Result<(), DbError> = transact!(&handle, tx => {
        jobs::enqueue(tx, &Job::Sweep, Millis(0), None, Millis(0)).await?;
        Err(DbError::Settings("the cause failed".to_owned()))
    });
    assert!(outcome.is_err());
    assert!(claim(&handle, &node("a", "1"), 1).await.is_none());
}

#[tokio::test]
async fn the_same_work_waits_only_once() {
    let folder = tempfile::tempdir().unwrap();
    let db = TestDatabase::create(folder.path()).await;
    let handle = db.open().await;
    assert!(enqueue(&handle, Job::Sweep).await.is_some());
    assert!(enqueue(&handle, Job::Sweep).await.is_none());
    let by = node("a", "1");
    let claimed = claim(&handle, &by, 1).await.unwrap();
    assert!(
        transact!(&handle, tx => { jobs::finish(tx, claimed.id, &by, Millis(2)).await }).unwrap()
    );
    assert!(enqueue(&handle, Job::Sweep).await.is_some(), "finished work may be queued again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_workers_claim_every_job_once() {
    let folder = tempfile::tempdir().unwrap();
    let db = TestDatabase::create(folder.path()).await;
    let handle = db.open().await;
    for id in 0..200 {
        enqueue(&handle, Job::StoreOriginal { original_id: id }).await.unwrap();
    }
    let workers = (0..8).map(|worker| {
        let handle = handle.clone();
        tokio::spawn(async move {
            let by = node(&format!("node-{worker}"), "1");
            let mut mine = Vec::new();
            while let Some(claimed) = claim(&handle, &by, 1).await {
                mine.push(claimed.id);
                let kept = transact!(&handle, tx => {
                    jobs::finish(tx, claimed.id, &by, Millis(2)).await
                });
                assert!(kept.unwrap());
            }
            mine
        })
    });
    let mut all = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        all.extend(worker.await.unwrap());
    }
    assert_eq!(all.len(), 200);
    assert_eq!(all.into_iter().collect::<HashSet<_>>().len(), 200);
}

#[tokio::test]
async fn a_killed_nodes_jobs_go_on_at_its_next_start_and_on_others_after_the_lease() {
    let folder = tempfile::tempdir().unwrap();
    let db = TestDatabase::create(folder.path()).await;
    let handle = db.open().await;
    enqueue(&handle, Job::Sweep).await.unwrap();
    let first = node("a", "1");
    let claimed = claim(&handle, &first, 1000).await.unwrap();
    let second = node("a", "2");
    assert!(claim(&handle, &second, 1000).await.is_none(), "the claim holds");
    transact!(&handle, tx => { jobs::release_older_boots(tx, &second, Millis(1000)).await })
        .unwrap();
    let again = claim(&handle, &second, 1000).await.unwrap();
    assert_eq!((again.id, again.attempt), (claimed.id, 2));
    let lost =
        transact!(&handle, tx => { jobs::finish(tx, claimed.id, &first, Millis(1001)).await });
    assert!(!lost.unwrap(), "the killed life cannot finish what another has");
    let other = node("b", "1");
    assert!(claim(&handle, &other, 30_000).await.is_none());
    assert!(claim(&handle, &other, 31_001).await.is_some(), "the lease ran out");
}

#[tokio::test]
async fn a_job_bound_to_a_node_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let db = TestDatabase::create(folder.path()).await;
    let handle = db.open().await;
    transact!(&handle, tx => {
        jobs::enqueue(tx, &Job::Sweep, Millis(0), Some("a"), Millis(0)).await
    })
    .unwrap();
    assert!(claim(&handle, &node("b", "1"), 1).await.is_none());
    assert!(claim(&handle, &node("a", "1"), 1).await.is_some());
}
