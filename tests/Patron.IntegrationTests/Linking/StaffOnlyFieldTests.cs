using System.Globalization;
using System.Net;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.OwnProfiles;
using Patron.IntegrationTests.Tradeline;
using Fields = System.Collections.Generic.Dictionary<string, object>;

namespace Patron.IntegrationTests.Linking;

/// <summary>Customers cannot write staff-only fields of their own record, by whatever entry point they create or change it.</summary>
public sealed class StaffOnlyFieldTests(OneProcess app) : IClassFixture<OneProcess>
{
    // For each staff-only field a value that a new record does not have.
    private static readonly Fields Values = new(StringComparer.Ordinal)
    {
        ["customer_type"] = "company", ["status"] = "prospect", ["is_active"] = false, ["mobile"] = "+49 30 1234567", ["reference"] = "R-1",
        ["customer_group"] = "Resellers", ["territory"] = "Europe", ["is_primary_contact"] = true, ["notes"] = "Pays late", ["tags"] = "vip",
    };

    private static readonly string[] CrmFields = ["customer_type", "status"];

    private static readonly string Columns = string.Join(
        ", ", CustomerSchema.Fields.Written.Where(IsStaffOnly).Select(field => $"'{field.Name}', {field.Name}"));

    [Fact]
    public void Every_staff_only_field_is_tried() => Assert.Equal(
        CustomerSchema.Fields.All.Where(field => field.IsImported && IsStaffOnly(field)).Select(field => field.Name).Order(StringComparer.Ordinal),
        Values.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("crm create")]
    [InlineData("crm PUT")]
    [InlineData("crm PATCH")]
    [InlineData("v1 POST")]
    [InlineData("v1 PUT")]
    public async Task Staff_only_field_is_refused_where_the_interface_has_it(string entryPoint)
    {
        var person = await app.RegisterAsync();
        var before = entryPoint is "crm create" or "v1 POST" ? null : await CreateRecordAsync(person);

        foreach (var name in entryPoint.StartsWith("crm", StringComparison.Ordinal) ? CrmFields : [.. Values.Keys])
        {
            var refused = await (await SendAsync(entryPoint, person, new Fields(StringComparer.Ordinal) { ["city"] = "Oslo", [name] = Values[name] }))
                .ShouldBeAsync(HttpStatusCode.Forbidden);
            Assert.Contains("Only staff", refused.Text("detail"), StringComparison.Ordinal);
        }

        Assert.Equal(before, await FindRecordAsync(person.Email));
    }

    [Theory]
    [InlineData("profile create")]
    [InlineData("profile restore")]
    [InlineData("profile PATCH")]
    [InlineData("profile PUT")]
    [InlineData("tradeline sign_up")]
    [InlineData("tradeline update_profile")]
    [InlineData("tradeline address.create")]
    [InlineData("crm sign-up")]
    [InlineData("portal page")]
    public async Task Staff_only_field_is_ignored_where_the_interface_does_not_have_it(string entryPoint)
    {
        var (plain, tried) = (await SendForNewPersonAsync(entryPoint, []), await SendForNewPersonAsync(entryPoint, Values));

        Assert.NotNull(tried);
        Assert.Equal(plain, tried);
    }

    [Fact]
    public async Task Staff_write_all_fields_of_their_own_record()
    {
        var staff = await app.StaffAsync();

        await (await SendAsync("crm create", staff, new Fields(StringComparer.Ordinal) { ["customer_type"] = "company", ["status"] = "prospect" }))
            .ShouldBeAsync(HttpStatusCode.Created);

        Assert.Contains("company", await FindRecordAsync(staff.Email), StringComparison.Ordinal);
    }

    private static bool IsStaffOnly(Field<Customer> field) => field is { Writer: FieldWriter.Staff, Owner: FieldOwner.Record };

    private async Task<string?> SendForNewPersonAsync(string entryPoint, Fields fields)
    {
        if (entryPoint is "tradeline sign_up" or "crm sign-up")
        {
            var email = Intents.NewEmail();
            var answer = await SendAsync(entryPoint, new Person(default, email, Intents.GoodPassword, "", ""), fields);
            Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
            return await FindRecordAsync(email);
        }

        var (person, _) = await app.SignUpAsync();
        if (entryPoint is not "profile create")
        {
            await app.CreateProfileAsync(person);
        }

        if (entryPoint is "profile restore")
        {
            await (await app.DeleteProfileAsync(person)).ShouldBeAsync(HttpStatusCode.OK);
        }

        var response = await SendAsync(entryPoint, person, fields);
        Assert.True(response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.SeeOther, $"{response.StatusCode}");
        return await FindRecordAsync(person.Email);
    }

    private async Task<HttpResponseMessage> SendAsync(string entryPoint, Person person, Fields fields)
    {
        var number = await app.CustomersSqlAsync<long?>("SELECT max(id) FROM customers.customers WHERE user_id = $1", person.Id);
        return entryPoint switch
        {
            "crm create" => await app.PostCrmAsync(person, With(fields, ("user_id", person.Id))),
            "crm PUT" => await app.Accounts.SendAsync(HttpMethod.Put, $"{CrmIntents.Customers}{number}/", person, fields),
            "crm PATCH" => await app.ChangeAsync(person, $"{CrmIntents.Customers}{number}/", fields),
            "v1 POST" => await app.PostCustomerAsync(person, With(fields, ("first_name", "Jane"), ("last_name", "Doe"), ("email", person.Email))),
            "v1 PUT" => await app.PutCustomerAsync(person, await app.CustomersSqlAsync<string>("SELECT customer_id FROM customers.customers WHERE id = $1", number!) ?? "", fields),
            "profile create" or "profile restore" => await app.PostProfileAsync(person, fields),
            "profile PATCH" => await app.PatchProfileAsync(person, fields),
            "profile PUT" => await app.Customers.SendAsync(HttpMethod.Put, ProfileIntents.Profile + "update/", person, fields),
            "tradeline sign_up" => await app.PostMethodAsync(
                $"{TradelineCalls.Auth}sign_up", With(fields, ("email", person.Email), ("full_name", "John Doe"), ("password", person.Password))),
            "tradeline update_profile" => await app.PostMethodAsync($"{TradelineCalls.Auth}update_profile", With(fields, ("full_name", "John Doe")), person),
            // There a status is refused as a misspelt state.
            "tradeline address.create" => await app.PostMethodAsync(
                $"{TradelineCalls.Address}create", With(new Fields(fields.Where(field => field.Key != "status"), StringComparer.Ordinal), ("city", "Oslo")), person),
            "crm sign-up" => await app.Accounts.SendAsync(
                HttpMethod.Post, CrmIntents.Users, null,
                With(fields, ("email", person.Email), ("first_name", "John"), ("last_name", "Doe"), ("password", person.Password), ("organization_name", "John's"))),
            _ => await PostPageAsync(person, With(fields, ("gender", "female"))),
        };
    }

    private async Task<HttpResponseMessage> PostPageAsync(Person person, Fields fields)
    {
        var session = $"sid={await app.CookieAsync(person.Email)}";
        using var page = await app.Accounts.SendAsync(HttpMethod.Get, "/profile", null, null, ("Cookie", session));
        var token = (await page.Content.ReadAsStringAsync()).Split("name=\"form_token\" value=\"")[1].Split('"')[0];
        using var form = new FormUrlEncodedContent(
            With(fields, ("form_token", token)).Select(field => KeyValuePair.Create(field.Key, Convert.ToString(field.Value, CultureInfo.InvariantCulture)!)));
        return await app.Accounts.SendAsync(HttpMethod.Post, "/profile/details", null, form, ("Cookie", $"{session}; form={page.Cookie("form").Value}"));
    }

    private static Fields With(Fields fields, params (string Name, object Value)[] others) =>
        new(fields.Concat(others.Select(other => KeyValuePair.Create(other.Name, other.Value))), StringComparer.Ordinal);

    private async Task<string?> CreateRecordAsync(Person person)
    {
        await (await SendAsync("crm create", person, new Fields(StringComparer.Ordinal) { ["city"] = "Oslo" })).ShouldBeAsync(HttpStatusCode.Created);
        return await FindRecordAsync(person.Email);
    }

    /// <summary>The staff-only fields of the person's record; null where they have none.</summary>
    private async Task<string?> FindRecordAsync(string email)
    {
        var user = await app.AccountsSqlAsync<Guid>("SELECT id FROM accounts.users WHERE email = $1", email);
        return await app.CustomersSqlAsync<string>($"SELECT jsonb_build_object({Columns})::text FROM customers.customers WHERE user_id = $1", user);
    }
}
