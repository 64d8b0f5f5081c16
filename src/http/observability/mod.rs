//! What operators see: the request log and the metrics.
//!
//! # Layout
//! - `request_log`: request ids and one log line per request; `trace_context`: the trace it is part of
//! - `refusals`: a line a minute of what was refused for overload
//! - `metrics`: requests; `app_metrics`: what apps count; `connection_metrics`, `store_metrics`, `work_metrics`,
//!   `process_metrics`: the rest of `/metrics`

pub(crate) mod app_metrics;
mod connection_metrics;
pub(crate) mod metrics;
pub(crate) mod process_metrics;
pub(crate) mod refusals;
pub(crate) mod request_log;
mod store_metrics;
pub(crate) mod trace_context;
mod work_metrics;
