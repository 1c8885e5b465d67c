using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Outside;

/// <summary>What errors say: all mistakes at once, the type that a value must have, a code, the request's id and why a token is refused.</summary>
public sealed class MistakeTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task All_mistakes_of_a_body_are_named_at_once_with_their_types()
    {
        var problem = await PostAsync("/api/auth/register/", """{"email": 5, "firstname": "Ann", "last_name": ["Lee"], "password": "x"}""", HttpStatusCode.UnprocessableEntity);
        var errors = problem.GetProperty("errors");
        Assert.Equal("Must be a string, not a number.", errors.GetProperty("email")[0].GetString());
        Assert.Equal("Must be a string, not an array.", errors.GetProperty("last_name")[0].GetString());
        Assert.Equal("There's no field with this name. Did you mean first_name?", errors.GetProperty("firstname")[0].GetString());
        Assert.Equal("There's no field with this name. Did you mean password1?", errors.GetProperty("password")[0].GetString());
        Assert.Equal("This field is required.", errors.GetProperty("first_name")[0].GetString());
        Assert.Equal("invalid_fields", problem.Text("code"));
    }

    [Fact]
    public async Task A_misspelt_name_is_named_beside_the_errors_of_the_rules()
    {
        var problem = await PostAsync(
            "/api/auth/register/", """{"email": "a@example.com", "firstname": "Ann", "last_name": "Lee", "password1": "x", "password2": "x"}""", HttpStatusCode.UnprocessableEntity);
        Assert.Equal(["first_name", "password1", "firstname"], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Theory]
    [InlineData("is_active", "\"maybe\"", "Must be true or false, not a string.")]
    [InlineData("tags", "[\"a\"]", "Must be a string such as \"premium,tech\", not an array.")]
    [InlineData("date_of_birth", "\"15/01/1990\"", "Must be a date like 1990-01-15.")]
    [InlineData("date_of_birth", "5", "Must be a date like 1990-01-15, not a number.")]
    [InlineData("first_name", "null", "This field is required.")]
    [InlineData("customer_type", "\"club\"", "Must be one of: individual, company.")]
    public async Task A_customers_field_of_another_type_says_which_one_it_must_have(string field, string value, string message)
    {
        var staff = await app.SharedAdminAsync();
        var response = await app.Accounts.SendAsync(HttpMethod.Post, "/api/v1/customers/", staff, AccountCalls.Raw($$"""{"{{field}}": {{value}}}"""));
        var problem = await response.ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Contains(problem.GetProperty("errors").GetProperty(field).EnumerateArray(), error => error.GetString() == message);
    }

    [Fact]
    public async Task All_wrong_parameters_are_named_at_once()
    {
        var staff = await app.SharedAdminAsync();
        var problem = await (await app.Accounts.SendAsync(HttpMethod.Get, "/api/v1/customers/?skip=x&limit=abc&is_active=maybe", staff)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        var errors = problem.GetProperty("errors");
        Assert.Equal("Must be a whole number.", errors.GetProperty("limit")[0].GetString());
        Assert.Equal("Must be a whole number.", errors.GetProperty("skip")[0].GetString());
        Assert.Equal("Must be true or false.", errors.GetProperty("is_active")[0].GetString());
    }

    [Theory]
    [InlineData("[]", HttpStatusCode.UnprocessableEntity, "invalid_body", "The body must be a JSON object.")]
    [InlineData("", HttpStatusCode.UnprocessableEntity, "invalid_body", "The body must be a JSON object.")]
    [InlineData("{\"email\": \"a\",}", HttpStatusCode.BadRequest, "invalid_json", "The body isn't valid JSON. Look at line 1, position 15.")]
    [InlineData("{\n  \"email\": x}", HttpStatusCode.BadRequest, "invalid_json", "The body isn't valid JSON. Look at line 2, position 12.")]
    public async Task Other_bodies_are_refused_with_the_place(string body, HttpStatusCode status, string code, string detail)
    {
        var problem = await PostAsync("/api/auth/login/", body, status);
        Assert.Equal((code, detail), (problem.Text("code"), problem.Text("detail")));
    }

    [Fact]
    public async Task Staff_are_told_which_customer_has_the_email_address()
    {
        var staff = await app.SharedAdminAsync();
        var email = Intents.NewEmail();
        var first = await app.CreateCustomerAsync(staff, new { first_name = "Ann", last_name = "Lee", email });
        var taken = await (await app.Accounts.SendAsync(
            HttpMethod.Post, "/api/v1/customers/", staff, new { first_name = "Ann", last_name = "Lee", email })).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Equal(("email_taken", "Customer with this email already exists", first.Id()), (taken.Text("code"), taken.Text("detail"), taken.Text("existing")));
    }

    [Fact]
    public async Task Each_problem_has_the_id_of_its_request()
    {
        var first = await (await app.Accounts.SendAsync(HttpMethod.Get, "/api/nothing", null)).ShouldBeAsync(HttpStatusCode.NotFound);
        var second = await (await app.Accounts.SendAsync(HttpMethod.Get, "/api/nothing", null)).ShouldBeAsync(HttpStatusCode.NotFound);
        Assert.Equal("path_not_found", first.Text("code"));
        Assert.NotEmpty(first.Text("request_id")!);
        Assert.NotEqual(first.Text("request_id"), second.Text("request_id"));
    }

    [Fact]
    public async Task Refused_credentials_are_told_apart()
    {
        var person = await app.RegisterAsync();
        Assert.Equal(("sign_in_required", "Bearer"), await RefusedAsync());
        Assert.Equal(
            ("token_invalid", "Bearer error=\"invalid_token\", error_description=\"This access token isn't valid. Sign in again.\""), await RefusedAsync("Authorization", "Bearer " + person.Access + "x"));
        Assert.Equal(("scheme_unknown", "Bearer"), await RefusedAsync("Authorization", "Token " + person.Access));
        Assert.Equal(("api_key_invalid", "Bearer"), await RefusedAsync("X-Api-Key", "a:b"));

        await (await app.PostAsync("logout/", new { refresh = person.Refresh })).ShouldBeAsync(HttpStatusCode.NoContent);
        var (code, challenge) = await RefusedAsync("Authorization", "Bearer " + person.Access);
        Assert.Equal("session_ended", code);
        Assert.Contains("error=\"invalid_token\"", challenge, StringComparison.Ordinal);
    }

    private async Task<(string? Code, string Challenge)> RefusedAsync(params (string Name, string Value)[] headers)
    {
        var response = await app.Accounts.SendAsync(HttpMethod.Get, "/api/auth/profile/", null, null, headers);
        var problem = await response.ShouldBeAsync(HttpStatusCode.Unauthorized);
        return (problem.Text("code"), response.Headers.WwwAuthenticate.ToString());
    }

    private Task<(string? Code, string Challenge)> RefusedAsync(string name, string value) => RefusedAsync((name, value));

    private async Task<JsonElement> PostAsync(string path, string body, HttpStatusCode status) =>
        await (await app.Accounts.SendAsync(HttpMethod.Post, path, null, AccountCalls.Raw(body))).ShouldBeAsync(status);
}
