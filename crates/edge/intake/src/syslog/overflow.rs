//! Datagrams that the kernel dropped because nobody had read those before them in time.
//!
//! Linux tells it in its tables of sockets; elsewhere it is not known, and counts as none.

use std::fs::File;
use std::io::Read as _;
use std::net::{IpAddr, SocketAddr};

use crate::wide;

/// How many datagrams to this address were dropped since the socket was opened, where that is known.
pub(super) fn overflowed(address: SocketAddr) -> Option<u64> {
    let table = match address.ip() {
        IpAddr::V4(_) => "/proc/net/udp",
        IpAddr::V6(_) => "/proc/net/udp6",
    };
    let mut text = String::new();
    File::open(table).ok()?.take(wide(TABLE_BYTES_MAX)).read_to_string(&mut text).ok()?;
    drops_in(&text, address)
}

/// The last cell of the row whose local address this is.
fn drops_in(table: &str, address: SocketAddr) -> Option<u64> {
    let wanted = written(address);
    let row = table.lines().find(|row| row.split_whitespace().nth(1) == Some(wanted.as_str()))?;
    row.split_whitespace().next_back()?.parse().ok()
}

/// An address as the tables have it: words of the machine's own byte order, and the port.
fn written(address: SocketAddr) -> String {
    let octets = match address.ip() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let words = octets.chunks(4).filter_map(|word| <[u8; 4]>::try_from(word).ok());
    let words: Vec<String> =
        words.map(|word| format!("{:08X}", u32::from_ne_bytes(word))).collect();
    format!("{}:{:04X}", words.concat(), address.port())
}

/// A table of some ten thousand sockets.
const TABLE_BYTES_MAX: usize = 4 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_of_the_socket_says_what_was_dropped() {
        let [here, there, six] =
            ["127.0.0.1:5514", "127.0.0.2:5514", "[::1]:5514"].map(|it| it.parse().unwrap());
        let row = |address, drops: u64| {
            format!(
                "  12: {} 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 77 2 ffff 0{drops}\n",
                written(address)
            )
        };
        let table = format!("  sl  local_address … drops\n{}{}", row(there, 3), row(here, 41));
        assert_eq!(drops_in(&table, here), Some(41));
        assert_eq!(drops_in(&table, there), Some(3));
        assert_eq!(drops_in(&table, six), None);
        assert_eq!(drops_in(&row(six, 7), six), Some(7));
        assert_eq!(drops_in("127 is no row\n", here), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_an_open_socket_has_no_room_for_is_counted() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        assert_eq!(overflowed(address), Some(0));
        let sender = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let datagram = vec![0; 60_000];
        // Nobody reads: the queue of the kernel is bounded, and loopback delivers at once.
        while overflowed(address) == Some(0) {
            for _ in 0..64 {
                sender.send_to(&datagram, address).unwrap();
            }
        }
        assert!(overflowed(address) > Some(0));
    }
}
