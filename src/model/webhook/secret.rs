//! Secrets of webhooks and their signatures (Standard Webhooks 1.0): HMAC-SHA256 over id, timestamp and body.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Prefix of every secret, so that scanners for leaked secrets can find it.
const PREFIX: &str = "whsec_";
/// Bytes of a secret.
const MIN_BYTES: usize = 24;
const MAX_BYTES: usize = 64;

/// A signing secret. Its text is not printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(bytes.to_vec())
    }

    /// Reads `whsec_` and standard base64 in its only form, because some libraries silently derive another key from others.
    /// # Errors
    /// A sentence that says what is wrong, without the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let encoded = text.strip_prefix(PREFIX);
        let encoded = encoded.ok_or_else(|| format!("a secret starts with {PREFIX}"))?;
        let bytes = BASE64.decode(encoded.as_bytes()).map_err(|_| {
            format!("after {PREFIX} a secret is standard base64 with padding, without spaces")
        })?;
        if !(MIN_BYTES..=MAX_BYTES).contains(&bytes.len()) {
            return Err(format!(
                "a secret has {MIN_BYTES} to {MAX_BYTES} bytes, and this one has {}",
                bytes.len()
            ));
        }
        Ok(Self(bytes))
    }

    /// The text that the receiver needs.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", BASE64.encode(&self.0))
    }

    /// One signature, for the header `webhook-signature`. `timestamp` is in seconds since 1970.
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC accepts any key");
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's libraries.
    #[test]
    fn a_signature_is_that_of_the_standard() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = r#"{"test": 2432232314}"#;
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_survives_its_text_and_is_not_printed() {
        let secret = Secret::from_random([7; 32]);
        assert_eq!(Secret::parse(&secret.reveal()).unwrap(), secret);
        assert_eq!(format!("{secret:?}"), "Secret");
    }

    #[test]
    fn a_secret_has_one_form() {
        let of_bytes = |count: usize| format!("{PREFIX}{}", BASE64.encode(&vec![0xFB; count]));
        for valid in [24, 32, 64] {
            assert!(Secret::parse(&of_bytes(valid)).is_ok(), "{valid}");
        }
        let valid = of_bytes(32);
        for wrong in [
            of_bytes(0),
            of_bytes(23),
            of_bytes(65),
            valid.replace(PREFIX, ""),
            valid.replace('+', "-"),
            valid.trim_end_matches('=').to_owned(),
            format!("{valid}\n"),
            format!(" {valid}"),
            valid.replace(PREFIX, "whsec_ "),
            // The last bits are not zero.
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx9R==".to_owned(),
            "whsec_".to_owned(),
            String::new(),
        ] {
            let error = Secret::parse(&wrong).unwrap_err();
            assert!(wrong.len() < 20 || !error.contains(&wrong), "{error}");
        }
    }
}
