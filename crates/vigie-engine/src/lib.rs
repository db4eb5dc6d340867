//! Indicators and lists times events gives matches; live and retro alike.
