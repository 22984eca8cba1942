//! The macro that declares a kind of statement with the fields that all kinds share.

/// Declares a kind of statement: `statement!(/// Description. Name of Body { its own fields });`
macro_rules! statement {
    ($(#[$doc:meta])* $name:ident of $body:ident { $($own:tt)* }) => {
        pub struct $name {
            pub(super) claim: Claim,
            pub(super) body: statement::$body,
        }

        $(#[$doc])*
        #[Object]
        impl $name {
            /// Global identifier, for `node`.
            pub async fn id(&self) -> ID {
                GlobalId::Statement(self.claim.0.id).to_string().into()
            }

            /// The seq of the ledger entry that recorded it: the number in its citation and permanent link.
            pub async fn number(&self) -> i64 {
                self.claim.0.id
            }

            /// Which aspect it is about.
            pub async fn kind(&self) -> Result<StatementKind> {
                parse_stored::<statement::StatementKind>(&self.claim.0.kind).map(Into::into)
            }

            /// What it is about.
            pub async fn subject(&self, ctx: &Context<'_>) -> Result<Subject> {
                self.claim.subject(ctx).await
            }

            /// Who makes the claim.
            pub async fn claimant(&self) -> Result<Claimant> {
                self.claim.claimant()
            }

            /// When what is claimed began to hold, no more exact than its sources.
            pub async fn valid_from(&self) -> Edtf {
                Edtf(self.claim.0.valid_from.clone())
            }

            /// The claim in our words, at most 300 characters.
            pub async fn summary(&self) -> &str {
                &self.claim.0.summary
            }

            /// A remark of the editor, for example on how a source was read; null where there is none.
            pub async fn note(&self) -> Option<String> {
                self.claim.0.note.clone()
            }

            /// What ties it to sources, in the order of recording.
            pub async fn evidence(&self, ctx: &Context<'_>) -> Result<Vec<Evidence>> {
                self.claim.evidence(ctx).await
            }

            /// The day from which it counts as public, as known now: the last day on which its earliest dated
            /// supporting source, or an original of it, can have been published; without one, the day of recording.
            pub async fn published_on(&self) -> Date {
                Date(self.claim.0.published_on.clone())
            }

            /// When we recorded it.
            pub async fn recorded_at(&self) -> DateTime {
                DateTime::of_micros(self.claim.0.recorded_at)
            }

            /// Whether it still stands.
            pub async fn standing(&self) -> Standing {
                standing(&self.claim.0).into()
            }

            /// The statement that this one replaces; null if it is no correction.
            pub async fn corrects(&self, ctx: &Context<'_>) -> Result<Option<Statement>> {
                self.claim.corrects(ctx).await
            }

            /// Why it replaces that one; null if it is no correction.
            pub async fn correction_reason(&self) -> Option<String> {
                self.claim.0.correction_reason.clone()
            }

            /// The statement that replaces this one now; null if none does.
            pub async fn corrected_by(&self, ctx: &Context<'_>) -> Result<Option<Statement>> {
                self.claim.corrected_by(ctx).await
            }

            /// When it was taken back; null if it was not.
            pub async fn retracted_at(&self) -> Option<DateTime> {
                self.claim.0.retracted_at.map(DateTime::of_micros)
            }

            /// Why it was taken back; null if it was not.
            pub async fn retraction_reason(&self) -> Option<String> {
                self.claim.0.retraction_reason.clone()
            }

            /// The statements that it contradicts, in the order of recording, whether or not they still stand.
            pub async fn contradicts(&self, ctx: &Context<'_>) -> Result<Vec<Statement>> {
                self.claim.contradicts(ctx).await
            }

            /// The statements that contradict it, in the order of recording, whether or not they still stand.
            pub async fn contradicted_by(&self, ctx: &Context<'_>) -> Result<Vec<Statement>> {
                self.claim.contradicted_by(ctx).await
            }

            /// Ready to paste: claimant, summary, first supporting source, our number, and a permanent link.
            pub async fn citation(&self, ctx: &Context<'_>) -> Result<String> {
                self.claim.citation(ctx).await
            }

            $($own)*
        }
    };
}

pub(super) use statement;
