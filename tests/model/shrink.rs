//! Sequences of commands, and how a failing one is made smaller: halves are left out, then quarters, down to single
//! commands; only then the commands themselves become simpler. (A list of the library would leave out one by one, at
//! a database for each try.)

use std::cell::Cell;
use std::rc::Rc;

use proptest::strategy::{BoxedStrategy, NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::command::Command;

/// So many commands of a strategy.
#[derive(Debug)]
pub struct Sequences {
    pub command: BoxedStrategy<Command>,
    pub length: usize,
    pub reached: Reached,
}

/// How many commands were obeyed when a sequence was followed last. Who fails needs no more than these.
pub type Reached = Rc<Cell<usize>>;

type CommandTree = Box<dyn ValueTree<Value = Command>>;

pub struct Sequence {
    commands: Vec<CommandTree>,
    /// What was left out last, by its place in the list.
    left_out: Option<(usize, Vec<CommandTree>)>,
    step: Step,
    reached: Reached,
}

#[derive(Clone, Copy)]
enum Step {
    /// Next the commands from here on are left out.
    LeaveOut { from: usize, size: usize },
    /// Next this command becomes simpler.
    Simplify(usize),
}

impl Strategy for Sequences {
    type Tree = Sequence;
    type Value = Vec<Command>;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let draw = |_| self.command.new_tree(runner);
        let commands: Vec<CommandTree> = (0..self.length).map(draw).collect::<Result<_, _>>()?;
        let size = commands.len().div_ceil(2);
        Ok(Sequence {
            commands,
            left_out: None,
            step: Step::LeaveOut { from: 0, size },
            reached: Rc::clone(&self.reached),
        })
    }
}

impl ValueTree for Sequence {
    type Value = Vec<Command>;

    fn current(&self) -> Vec<Command> {
        self.commands.iter().map(ValueTree::current).collect()
    }

    fn simplify(&mut self) -> bool {
        // It fails without them, too.
        self.left_out = None;
        self.commands.truncate(self.reached.get());
        self.advance()
    }

    fn complicate(&mut self) -> bool {
        match self.step {
            Step::LeaveOut { size, .. } => {
                if let Some((from, gone)) = self.left_out.take() {
                    let next = from + gone.len();
                    self.commands.splice(from..from, gone);
                    self.step = Step::LeaveOut { from: next, size };
                }
            }
            Step::Simplify(at) => {
                let command = self.commands.get_mut(at);
                if command.is_some_and(ValueTree::complicate) {
                    return true;
                }
                self.step = Step::Simplify(at + 1);
            }
        }
        // What is there now is known to fail: the next try need not be of that.
        self.advance()
    }
}

impl Sequence {
    /// Whether there is another try.
    fn advance(&mut self) -> bool {
        loop {
            match self.step {
                Step::LeaveOut { size: 0, .. } => self.step = Step::Simplify(0),
                Step::LeaveOut { from, size } if from >= self.commands.len() => {
                    let size = if size == 1 { 0 } else { size.div_ceil(2) };
                    self.step = Step::LeaveOut { from: 0, size };
                }
                Step::LeaveOut { from, size } => {
                    let to = self.commands.len().min(from + size);
                    let gone = self.commands.drain(from..to).collect();
                    self.left_out = Some((from, gone));
                    return true;
                }
                Step::Simplify(at) => {
                    let Some(command) = self.commands.get_mut(at) else {
                        return false;
                    };
                    if command.simplify() {
                        return true;
                    }
                    self.step = Step::Simplify(at + 1);
                }
            }
        }
    }
}
