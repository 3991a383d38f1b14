//! Who it is that works here.

use crate::failure::{Failure, Policy};
use crate::site::{Kind, Site};

impl Site {
    /// The ARN of the caller's AWS identity, or `local` and the name of this machine's user.
    ///
    /// # Errors
    /// [`Failure`]: AWS does not say.
    pub(crate) async fn caller(&self) -> Result<String, Failure> {
        let Kind::Stack(stack) = &self.kind else {
            let user = ["USER", "LOGNAME"].map(std::env::var);
            let user = user.into_iter().find_map(Result::ok);
            return Ok(format!(
                "local {}",
                user.unwrap_or_else(|| "somebody".into())
            ));
        };
        let sts = aws_sdk_sts::Client::new(&stack.aws);
        let answer = sts.get_caller_identity().send().await;
        let answer =
            answer.map_err(|error| Failure::of_aws("ask who you are", Policy::Operator, &error))?;
        let none = || Failure::NotAllowed("AWS does not say who you are".into());
        answer.arn.ok_or_else(none)
    }
}
