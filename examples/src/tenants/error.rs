//! Turns the reasons for which an origin was not added into responses.

use std::{error, fmt};

use actix_web::{HttpResponse, ResponseError, http::StatusCode, http::header::ContentType};
use cors_actix::PolicyError;

/// The reason for which an origin was not added.
#[derive(Debug)]
pub enum TenantError {
    /// The text is not an origin that can be allowed.
    Policy(PolicyError),
    /// The database failed.
    Database(sqlx::Error),
}

impl From<PolicyError> for TenantError {
    fn from(error: PolicyError) -> Self {
        TenantError::Policy(error)
    }
}

impl From<sqlx::Error> for TenantError {
    fn from(error: sqlx::Error) -> Self {
        TenantError::Database(error)
    }
}

impl fmt::Display for TenantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TenantError::Policy(error) => error.fmt(f),
            TenantError::Database(_) => f.write_str("the database of origins failed"),
        }
    }
}

impl error::Error for TenantError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            TenantError::Policy(_) => None,
            TenantError::Database(error) => Some(error),
        }
    }
}

impl ResponseError for TenantError {
    fn status_code(&self) -> StatusCode {
        match self {
            TenantError::Policy(_) => StatusCode::UNPROCESSABLE_ENTITY,
            TenantError::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code())
            .content_type(ContentType::plaintext())
            .body(self.to_string())
    }
}
