//! The reconciler against a list that lies. `cargo run -p flow --release
//! --example hostile_list -- --runs 1000` makes more runs.

use flow::hostile::hostile_list;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_line_has_attached_is_ever_detached() {
    let figures = hostile_list(1, 100).await;
    println!("{figures}");
    assert!(figures.detached > 0 && figures.stopped > 0 && figures.unmarked > 0);
}
