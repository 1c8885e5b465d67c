using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Customers;
using Patron.Dialects.OpenApi;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>Marks email and phone as verified, and records the last sign-in.</summary>
internal static class VerificationEndpoints
{
    public static void MapVerification(this RouteGroupBuilder customers)
    {
        customers.MapPatch("/{customer_id}/verify-email", VerifyEmailAsync)
            .Describe(
                "verify_customer_email", "Mark an email address as verified",
                "For staff. email_verified and is_verified become true; the person's account is not proven by it. Doing it twice changes nothing.")
            .Answers<CustomerAnswer>(200, "The customer as it is now.", CustomerExamples.EmailVerified)
            .Fails(400, 401, 403, 404, 412, 503);
        customers.MapPatch("/{customer_id}/verify-phone", VerifyPhoneAsync)
            .Describe(
                "verify_customer_phone", "Mark a phone number as verified",
                "For staff. phone_verified and is_verified become true. Doing it twice changes nothing.")
            .Answers<CustomerAnswer>(200, "The customer as it is now.", CustomerExamples.PhoneVerified)
            .Fails(400, 401, 403, 404, 412, 503);
        customers.MapPatch("/{customer_id}/last-login", RecordSignInAsync)
            .Describe(
                "record_customer_login", "Record a sign-in",
                "For staff, and for programs that the customer signs in to. last_login_at becomes the present time.")
            .Answers<CustomerAnswer>(200, "The customer as it is now.", CustomerExamples.SignedIn)
            .Fails(401, 403, 404, 412, 503);
    }

    private static async Task<IResult> VerifyEmailAsync(
        [FromRoute(Name = "customer_id")] string customerId, VerifyCustomerEmail verify, HttpContext http,
        CancellationToken cancellationToken) =>
        (await verify.HandleAsync(
            http.Caller(), customerId, EntityTags.Expected(http), cancellationToken)).ToOk(customer => http.Tagged(customer));

    private static async Task<IResult> VerifyPhoneAsync(
        [FromRoute(Name = "customer_id")] string customerId, VerifyCustomerPhone verify, HttpContext http,
        CancellationToken cancellationToken) =>
        (await verify.HandleAsync(
            http.Caller(), customerId, EntityTags.Expected(http), cancellationToken)).ToOk(customer => http.Tagged(customer));

    private static async Task<IResult> RecordSignInAsync(
        [FromRoute(Name = "customer_id")] string customerId, RecordCustomerSignIn record, HttpContext http,
        CancellationToken cancellationToken) =>
        (await record.HandleAsync(
            http.Caller(), customerId, EntityTags.Expected(http), cancellationToken)).ToOk(customer => http.Tagged(customer));
}
