using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Profiles;
using Patron.Dialects.Customers;
using Patron.Dialects.OpenApi;
using Patron.Web.Http;

namespace Patron.Dialects.Profiles;

/// <summary>The caller's own customer record, with the field names of source 3.</summary>
internal static class OwnProfileEndpoints
{
    private const string Path = "/api/v1/customers/profile/";

    private const string Owned =
        "first_name, last_name, email and phone_number are read from your account; other values for them are 400, which says where to change them.";

    public static void MapOwnProfile(this RouteGroupBuilder profiles)
    {
        profiles.MapGet("/profile/", GetAsync)
            .Describe(
                "get_customer_profile", "Get my profile",
                "The caller's customer record in the acting organization, with what their account says of them. Where a separate accounts service is away, that part comes from the token, without a phone, and incomplete is [\"accounts\"].")
            .Answers<CustomerProfileAnswer>(200, "The profile; the ETag is for If-Match.", CustomerProfileAnswer.Schema.Example)
            .Fails(401, 403, 404, 503);
        profiles.MapPost("/profile/create/", CreateAsync)
            .Describe(
                "create_customer_profile", "Create my profile",
                $"Once: a second time is 400. A customer record that waits for your proven address, or is offered to you, becomes yours; the call fills what it leaves empty. A deleted profile is restored with what is given. {Owned}")
            .TakesExample(ProfileExamples.Create)
            .Answers<CustomerProfileAnswer>(201, "The profile.", CustomerProfileAnswer.Schema.Example)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
        profiles.MapPatch("/profile/update/", UpdateAsync).Updates("update_customer_profile");
        profiles.MapPut("/profile/update/", UpdateAsync).Updates("put_customer_profile");
        profiles.MapDelete("/profile/delete/", DeleteAsync)
            .Describe(
                "delete_customer_profile", "Delete my profile",
                "Softly: the account is untouched, staff still see the record, and making a profile again restores it.")
            .Answers<DeletedCustomerProfileAnswer>(200, "The profile in its last state.", DeletedCustomerProfileAnswer.Schema.Example)
            .Fails(401, 403, 404, 412, 503);
    }

    private static void Updates(this RouteHandlerBuilder route, string name) => route
        .Describe(
            name, "Update my profile",
            $"What is left out stays, also with PUT; null empties a field. With If-Match only the version you have read is changed. {Owned}")
        .TakesExample(ProfileExamples.Update)
        .Answers<CustomerProfileAnswer>(200, "The profile as it is now.", CustomerProfileAnswer.Schema.Example)
        .Fails(400, 401, 403, 404, 412, 413, 415, 422, 503);

    private static async Task<IResult> GetAsync(FindProfile find, HttpContext http, CancellationToken cancellationToken) =>
        (await find.HandleAsync(http.Caller(), cancellationToken)).ToOk(profile => Shape(http, profile));

    private static async Task<IResult> CreateAsync(
        CustomerProfileRequest request, CreateProfile create, HttpContext http, CancellationToken cancellationToken) =>
        (await create.HandleAsync(http.Caller(), request.ToInput(), cancellationToken))
            .ToResult(profile => TypedResults.Created(Path, Shape(http, profile)), CustomerProfileRequest.FieldNames);

    private static async Task<IResult> UpdateAsync(
        CustomerProfileRequest request, UpdateProfile update, HttpContext http, CancellationToken cancellationToken) =>
        (await update.HandleAsync(http.Caller(), request.ToInput(EntityTags.Expected(http)), cancellationToken))
            .ToOk(profile => Shape(http, profile), CustomerProfileRequest.FieldNames);

    private static async Task<IResult> DeleteAsync(DeleteProfile delete, HttpContext http, CancellationToken cancellationToken) =>
        (await delete.HandleAsync(http.Caller(), EntityTags.Expected(http), cancellationToken)).ToOk(profile =>
        {
            http.Tag(profile.Customer);
            return new DeletedCustomerProfileAnswer(profile);
        });

    private static CustomerProfileAnswer Shape(HttpContext http, Profile profile)
    {
        http.Tag(profile.Customer);
        return new CustomerProfileAnswer(profile);
    }
}
