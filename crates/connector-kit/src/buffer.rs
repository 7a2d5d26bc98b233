//! Memory for pages, used again.
//!
//! Pages are large: the system hands out fresh memory for each and clears it first, which costs more than filling
//! it. Memory that was given back waits here for the next page. What waits and what is lent out are together no more
//! than what was lent out at one time, so waiting costs no memory; and when none is lent out any more, nothing waits: an
//! agent that rests holds nothing for a run that may come.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// Memory that is filled with one page and then shared ([`Buffer::freeze`]). It comes back by itself.
pub struct Buffer {
    memory: Vec<u8>,
    /// Bytes it had when it was lent out.
    lent: usize,
    shelf: &'static Mutex<Shelf>,
}

/// What was given back, and how much is lent out.
struct Shelf {
    /// Bytes.
    lent: usize,
    /// The most that these were since nothing was lent out.
    most: usize,
    free: Vec<Vec<u8>>,
}

static SHELF: Mutex<Shelf> = Mutex::new(Shelf::EMPTY);

impl Shelf {
    const EMPTY: Self = Self {
        lent: 0,
        most: 0,
        free: Vec::new(),
    };

    /// Takes off what is more than may wait.
    fn surplus(&mut self) -> Vec<Vec<u8>> {
        if self.lent == 0 {
            self.most = 0;
        }
        let room = MOST.min(self.most - self.lent);
        let mut waiting: usize = self.free.iter().map(Vec::capacity).sum();
        let over_room = |piece: &mut Vec<u8>| {
            let is_over = waiting > room;
            if is_over {
                waiting -= piece.capacity();
            }
            is_over
        };
        self.free.extract_if(.., over_room).collect()
    }
}

/// Bytes that wait at most, all pieces together.
const MOST: usize = 4 << 20;
/// Pieces come in multiples of this, so that pages of nearly the same length fit into each other's. What is smaller
/// the allocator has at hand.
const STEP: usize = 128 << 10;

impl Buffer {
    /// An empty one with room for `length` bytes; it grows where that was too little.
    pub fn with_room(length: usize) -> Self {
        Self::of(&SHELF, length)
    }

    fn of(shelf: &'static Mutex<Shelf>, length: usize) -> Self {
        let fits = |free: &Vec<u8>| (length..=length + 2 * STEP).contains(&free.capacity());
        let mut held = hold(shelf);
        let found = held.free.iter().rposition(fits);
        let found = found.map(|at| held.free.remove(at));
        let lent = found
            .as_ref()
            .map_or(length.next_multiple_of(STEP), Vec::capacity);
        held.lent += lent;
        held.most = held.most.max(held.lent);
        let surplus = held.surplus();
        drop(held);
        drop(surplus);
        Self {
            memory: found.unwrap_or_else(|| Vec::with_capacity(lent)),
            lent,
            shelf,
        }
    }

    /// What is in it, to be added to.
    pub fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.memory
    }

    /// What is in it, shared; the memory comes back with the last who holds a part of it.
    pub fn freeze(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.memory
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut memory = std::mem::take(&mut self.memory);
        memory.clear();
        let mut shelf = hold(self.shelf);
        shelf.lent -= self.lent;
        if memory.capacity() >= STEP {
            shelf.free.push(std::mem::take(&mut memory));
        }
        let surplus = shelf.surplus();
        // Giving memory back to the system takes its time: nobody waits for it.
        drop(shelf);
        drop((surplus, memory));
    }
}

fn hold(shelf: &Mutex<Shelf>) -> MutexGuard<'_, Shelf> {
    // A number and a list that are right at any time.
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_comes_back_while_pages_are_under_way_and_goes_with_the_last() {
        static OWN: Mutex<Shelf> = Mutex::new(Shelf::EMPTY);
        let other = Buffer::of(&OWN, 1);
        let mut page = Buffer::of(&OWN, 500_000);
        page.bytes().extend_from_slice(b"[1,2]");
        let at = page.as_ref().as_ptr();
        let page = page.freeze();
        let part = page.slice(1..2);
        drop(page);
        assert_eq!(part, "1", "a part holds the whole");
        assert!(hold(&OWN).free.is_empty());
        drop(part);
        let next = Buffer::of(&OWN, 510_000);
        assert_eq!(next.as_ref().as_ptr(), at, "the same memory");
        assert!(next.as_ref().is_empty(), "and nothing of the page before in it");
        drop(next);
        assert!(!hold(&OWN).free.is_empty(), "somebody may want it again");
        let small = Buffer::of(&OWN, 100);
        assert_ne!(
            small.as_ref().as_ptr(),
            at,
            "a large piece is not spent on little"
        );
        assert!(
            hold(&OWN).free.is_empty(),
            "together they would be more than was ever lent out at a time"
        );
        drop(small);
        assert!(!hold(&OWN).free.is_empty());
        drop(other);
        assert!(hold(&OWN).free.is_empty(), "nobody holds any");
    }
}
