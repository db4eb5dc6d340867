//! Tests of `auditd.rs`.

use super::*;
use crate::flat::told;

#[track_caller]
fn check(text: &str, want: &str) {
    let got = read(text, 60).map_or_else(|it| it.to_string(), |it| told(&it));
    assert_eq!(got, want, "{text}");
}

#[test]
fn an_execution() {
    check(
        "type=SYSCALL msg=audit(1604996384.965:93777): arch=c000003e syscall=59 success=yes a0=558e25052c70 ppid=2 pid=3 auid=1000 uid=0 tty=(none) ses=4 comm=\"dd\" exe=\"/bin/dd\" key=61756F6D730164656C657465\n\
         type=EXECVE msg=audit(1604996384.965:93777): argc=2 a0=\"dd\" a1=69663D2F6120\n\
         type=CWD msg=audit(1604996384.965:93777): cwd=\"/home\"\n\
         type=PROCTITLE msg=audit(1604996384.965:93777): proctitle=64640069663D",
        "execve at 1604996384.965 type=SYSCALL arch=c000003e syscall=59 success=yes a0=558e25052c70 ppid=2 pid=3 auid=1000 \
         uid=0 tty=(none) ses=4 comm=dd exe=/bin/dd key=auoms key=delete type=EXECVE argc=2 a0=dd a1=if=/a  type=CWD cwd=/home \
         type=PROCTITLE proctitle=dd if= SYSCALL=execve syscall=execve cmdline=dd if= CommandLine=dd if=/a  Image=/bin/dd \
         CurrentDirectory=/home ProcessId=3 ParentProcessId=2 LogonId=4 User=0",
    );
}

#[test]
fn an_argument_in_pieces() {
    check(
        "type=EXECVE msg=audit(1.5:1): argc=3 a0=\"sh\" a1_len=5 a1[0]=6162 a1[1]=6364 a2=\"x\"",
        "execve at 1.5 type=EXECVE argc=3 a0=sh a1_len=5 a1=abcd a2=x CommandLine=sh abcd x",
    );
}

#[test]
fn a_command_line_without_arguments() {
    let line = |success: &str| {
        format!(
            "type=AUOMS_EXECVE audit(1.5:1): syscall=execve success={success} exe=\"/bin/sh\" cmdline=\"sh -c id\""
        )
    };
    check(
        &line("yes"),
        "execve at 1.5 type=AUOMS_EXECVE syscall=execve success=yes exe=/bin/sh cmdline=sh -c id CommandLine=sh -c id Image=/bin/sh",
    );
    check(
        &line("no"),
        "auoms_execve at 1.5 type=AUOMS_EXECVE syscall=execve success=no exe=/bin/sh cmdline=sh -c id",
    );
}

#[test]
fn a_message_of_a_program() {
    check(
        "node=h type=USER_CMD msg=audit(1783414573.687:423): pid=2100 uid=0 msg='cwd=\"/root\" cmd=2F62696E2F6964 addr=? res=success'\u{1d}UID=\"root\"",
        "user_cmd at 1783414573.687 node=h type=USER_CMD pid=2100 uid=0 cwd=/root cmd=/bin/id res=success UID=root",
    );
}

#[test]
fn a_connection_and_a_new_file() {
    check(
        "type=SYSCALL msg=audit(1.5:1): arch=c00000b7 syscall=203 exe=\"/a\"\n\
         type=SOCKADDR msg=audit(1.5:1): saddr=020001BBC00002010000000000000000",
        "connect at 1.5 type=SYSCALL arch=c00000b7 syscall=203 exe=/a type=SOCKADDR saddr=020001BBC00002010000000000000000 \
         SYSCALL=connect syscall=connect DestinationIp=192.0.2.1 DestinationPort=443 Initiated=true Image=/a",
    );
    check(
        "type=SYSCALL msg=audit(1.5:1): exe=\"/a\"\u{1d}ARCH=x86_64 SYSCALL=openat UID=\"root\"\n\
         type=CWD msg=audit(1.5:1): cwd=\"/tmp\"\n\
         type=PATH msg=audit(1.5:1): item=0 name=\"/tmp/\" nametype=PARENT\n\
         type=PATH msg=audit(1.5:1): item=1 name=\"x\" nametype=CREATE",
        "create at 1.5 type=SYSCALL exe=/a ARCH=x86_64 SYSCALL=openat UID=root type=CWD cwd=/tmp type=PATH item=0 name=/tmp/ \
         nametype=PARENT type=PATH item=1 name=x nametype=CREATE syscall=openat TargetFilename=/tmp/x Image=/a \
         CurrentDirectory=/tmp User=root",
    );
}

#[test]
fn addresses_of_sockets() {
    assert_eq!(address("020001BBC0000201"), Some(("192.0.2.1".into(), 443)));
    assert_eq!(
        address("0A0001BB0000000020010DB800000000000000000000000100000000"),
        Some(("2001:db8::1".into(), 443))
    );
    for other in ["01002F64", "02", "", "zz", "0200", "é200"] {
        assert_eq!(address(other), None, "{other}");
    }
}

#[test]
fn what_is_no_record() {
    for line in [
        "",
        "type=X",
        "type=X msg=audit(:1): a=b",
        "msg=audit(1.5:1): a=b",
        "type=X msg=audit(1.5:x): a",
        "type=X msg=audit(1.5:1",
    ] {
        assert!(!recognise(line), "{line}");
        check(line, "expected `type=` and `msg=audit(TIME:SERIAL):`");
    }
    check("type=1400 audit(1.5:1): apparmor=\"DENIED\"", "avc at 1.5 type=AVC apparmor=DENIED");
}

#[test]
fn fields_are_bounded() {
    let text = format!("type=EXECVE msg=audit(1.5:1): {}", "a0=\"x\" ".repeat(100_000));
    assert!(read(&text, 60).is_ok_and(|it| it.fields.len() < 70));
    let pieces = format!("type=EXECVE msg=audit(1.5:1): a0=\"x\" {}", "a0[1]=6161 ".repeat(3_000));
    assert!(read(&pieces, 60).is_ok_and(|it| it.fields.len() == 3));
}
