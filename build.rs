//! Has cargo compile anew when an embedded folder changes: `include_dir!` cannot tell it on a stable
//! compiler, and a binary with yesterday's schema would be the result.

fn main() {
    println!("cargo::rerun-if-changed=schema");
    println!("cargo::rerun-if-changed=dataset");
    println!("cargo::rerun-if-env-changed=EKIBEN_BUILD_COMMIT");
}
