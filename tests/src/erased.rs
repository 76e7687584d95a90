//! Apps of one type, so that the compiler builds the server once, and not for the type of every app.

use actix_http::Request;
use actix_service::{
    IntoServiceFactory as _, ServiceFactoryExt as _,
    boxed::{self, BoxServiceFactory},
};
use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{AppConfig, ServiceFactory, ServiceRequest, ServiceResponse},
};

/// An app whose type says nothing about its routes and its middleware.
pub type ErasedApp = BoxServiceFactory<AppConfig, Request, ServiceResponse, Error, ()>;

/// An app whose type can be erased.
pub trait Erase {
    /// Erases the type.
    fn erase(self) -> ErasedApp;
}

impl<T, B> Erase for App<T>
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    T::Future: 'static,
    B: MessageBody + 'static,
{
    fn erase(self) -> ErasedApp {
        boxed::factory(self.into_factory().map(ServiceResponse::map_into_boxed_body))
    }
}
