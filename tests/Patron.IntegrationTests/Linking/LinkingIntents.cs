using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Linking;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Linking;

/// <summary>Requests and helpers for tests of accounts with customers.</summary>
internal static class LinkingIntents
{
    /// <summary>Creates an account with a customer record at home and an unproven address.</summary>
    public static async Task<(Person Person, Customer Customer)> SignUpAsync(this PatronApp app, string? email = null, string firstName = "Jane", string? phone = null)
    {
        email ??= Intents.NewEmail();
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        var signedUp = await scope.ServiceProvider.GetRequiredService<SignUpCustomer>().HandleAsync(
            Caller.Anonymous(RequestOrigin.Local), new NewAccount(email, new PersonNames(firstName, "Doe", phone, null), Intents.GoodPassword), CancellationToken.None);
        var tokens = signedUp.Value.SignedIn!.Tokens;
        return (new Person(signedUp.Value.SignedIn.User.Id, email, Intents.GoodPassword, tokens.Access, tokens.Refresh), signedUp.Value.Made!);
    }

    /// <summary>Proves the person's address by the mailed token and the session.</summary>
    public static async Task ProveAsync(this PatronApp app, Person person) =>
        await (await app.VerifyAsync(person)).ShouldBeAsync(HttpStatusCode.OK);

    public static async Task<HttpResponseMessage> VerifyAsync(this PatronApp app, Person person) => await app.Accounts.SendAsync(
        HttpMethod.Post, "/api/auth/email/verify/", person, new { token = (await app.MailAsync(person.Email, "confirm your email")).Token });

    /// <summary>Takes the account over by its mailbox alone.</summary>
    public static async Task<Person> TakeOverAsync(this PatronApp app, string email, string password = "another good 4 me")
    {
        await (await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/password/forgot/", null, new { email })).ShouldBeAsync(HttpStatusCode.Accepted);
        var token = (await app.MailAsync(email, "reset your")).Token;
        await (await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/password/reset/", null, new { token, password1 = password, password2 = password })).ShouldBeAsync(HttpStatusCode.NoContent);
        return await app.SignInAsync(email, password);
    }

    /// <summary>The records with this address in the organization (default: home), as staff see them, oldest first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> RecordsAsync(this PatronApp app, string email, Guid? organization = null)
    {
        var json = await app.CustomersSqlAsync<string>(
            "SELECT coalesce(json_agg(to_json(c) ORDER BY id), '[]')::text FROM customers.customers c WHERE email_key = $1 AND organization_id = $2",
            email.ToLowerInvariant(), organization ?? app.Home());
        return [.. JsonDocument.Parse(json!).RootElement.EnumerateArray()];
    }

    public static Guid? User(this JsonElement record) => record.GetProperty("user_id").ValueKind == JsonValueKind.Null ? null : record.GetProperty("user_id").GetGuid();
}
