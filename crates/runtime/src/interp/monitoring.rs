//! `sys.monitoring`: events, tools, instrumentation of code.

/// `_PyCoMonitoringData`: what instrumentation keeps beside a code object.
pub struct CoMonitoring {}
