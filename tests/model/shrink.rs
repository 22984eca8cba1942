//! Sequences of commands with their own shrinking: it removes halves, then quarters, down to single commands, and only
//! then simplifies the commands. (proptest's own `vec` removes items one by one, and every attempt needs a new
//! database.)

use std::cell::Cell;
use std::rc::Rc;

use proptest::strategy::{BoxedStrategy, NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::command::Command;

/// Strategy for a sequence of commands.
#[derive(Debug)]
pub struct Sequences {
    pub command: BoxedStrategy<Command>,
    pub length: usize,
    pub progress: Progress,
}

/// Number of commands executed in the last run; a failing case needs no more than these.
pub type Progress = Rc<Cell<usize>>;

type CommandTree = Box<dyn ValueTree<Value = Command>>;

pub struct Sequence {
    commands: Vec<CommandTree>,
    /// The commands removed last, with their index.
    removed: Option<(usize, Vec<CommandTree>)>,
    step: Step,
    progress: Progress,
}

#[derive(Clone, Copy)]
enum Step {
    /// Next, remove the commands from this index on.
    Remove { from: usize, size: usize },
    /// Next, simplify this command.
    Simplify(usize),
}

impl Strategy for Sequences {
    type Tree = Sequence;
    type Value = Vec<Command>;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let new_tree = |_| self.command.new_tree(runner);
        let commands: Vec<CommandTree> =
            (0..self.length).map(new_tree).collect::<Result<_, _>>()?;
        let size = commands.len().div_ceil(2);
        Ok(Sequence {
            commands,
            removed: None,
            step: Step::Remove { from: 0, size },
            progress: Rc::clone(&self.progress),
        })
    }
}

impl ValueTree for Sequence {
    type Value = Vec<Command>;

    fn current(&self) -> Vec<Command> {
        self.commands.iter().map(ValueTree::current).collect()
    }

    fn simplify(&mut self) -> bool {
        // The case fails without the removed commands, too.
        self.removed = None;
        self.commands.truncate(self.progress.get());
        self.advance()
    }

    fn complicate(&mut self) -> bool {
        match self.step {
            Step::Remove { size, .. } => {
                if let Some((from, removed)) = self.removed.take() {
                    let next = from + removed.len();
                    self.commands.splice(from..from, removed);
                    self.step = Step::Remove { from: next, size };
                }
            }
            Step::Simplify(index) => {
                let command = self.commands.get_mut(index);
                if command.is_some_and(ValueTree::complicate) {
                    return true;
                }
                self.step = Step::Simplify(index + 1);
            }
        }
        // The current sequence is known to fail, so continue with the next attempt.
        self.advance()
    }
}

impl Sequence {
    /// Whether there is another attempt.
    fn advance(&mut self) -> bool {
        loop {
            match self.step {
                Step::Remove { size: 0, .. } => self.step = Step::Simplify(0),
                Step::Remove { from, size } if from >= self.commands.len() => {
                    let size = if size == 1 { 0 } else { size.div_ceil(2) };
                    self.step = Step::Remove { from: 0, size };
                }
                Step::Remove { from, size } => {
                    let to = self.commands.len().min(from + size);
                    let removed = self.commands.drain(from..to).collect();
                    self.removed = Some((from, removed));
                    return true;
                }
                Step::Simplify(index) => {
                    let Some(command) = self.commands.get_mut(index) else {
                        return false;
                    };
                    if command.simplify() {
                        return true;
                    }
                    self.step = Step::Simplify(index + 1);
                }
            }
        }
    }
}
