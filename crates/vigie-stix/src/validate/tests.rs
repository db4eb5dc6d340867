//! Tests of `validate.rs`.

use super::*;
