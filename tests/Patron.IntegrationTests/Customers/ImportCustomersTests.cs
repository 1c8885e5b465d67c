using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.Customers.Import;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using Patron.Shared.Imports;
using Patron.Shared.Results;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>Importing customers from CSV: the same rules and records as creating them one by one.</summary>
public sealed class ImportCustomersTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Imported_customer_equals_a_created_one()
    {
        var staff = await app.SomeStaffAsync();
        var (twin, own) = (Intents.NewEmail("twin"), Intents.NewEmail("imported"));
        var request = new Dictionary<string, object?>(JohnDoe(twin), StringComparer.Ordinal)
        {
            ["marketing_emails"] = false, ["marketing_sms"] = true, ["address_line2"] = "Flat 2", ["preferred_contact_method"] = "email",
            ["notification_preferences"] = new { orders = true }, ["status"] = "prospect", ["is_primary_contact"] = true,
        };
        var created = await app.CreateCustomerAsync(staff, request);
        var reported = await ImportAsync(
            "first_name,last_name,email,phone,address_line1,address_line2,city,state,postal_code,country,date_of_birth,gender,company_name,marketing_emails,marketing_sms,notes,tags,preferred_contact_method,notification_preferences,status,is_primary_contact\n"
            + $"John,Doe,{own},+1-555-0123,123 Main Street,Flat 2,New York,NY,10001,USA,1990-01-15T00:00:00,male,Tech Corp,f,yes,Premium customer,\"premium,tech,new-york\",email,\"{{\"\"orders\"\": true}}\",prospect,1\n");
        Assert.Equal([(2, null)], reported);
        var imported = await FindAsync(staff, own);

        string[] ownFields = ["id", "uid", "customer_id", "account_number", "code", "username", "email", "created_at", "updated_at", "customer_since"];
        foreach (var field in created.EnumerateObject().Where(field => !ownFields.Contains(field.Name)))
        {
            Assert.True(JsonElement.DeepEquals(field.Value, imported.GetProperty(field.Name)), $"{field.Name}: {field.Value} and {imported.GetProperty(field.Name)}");
        }

        Assert.StartsWith("johndoe", imported.Text("username"), StringComparison.Ordinal);
        var (madeTrace, importedTrace) = (Assert.Single(await app.TraceAsync(created)), Assert.Single(await app.TraceAsync(imported)));
        Assert.Equal("customer.imported", importedTrace.Action);
        Assert.Equal(madeTrace.After!.Replace(twin, own, StringComparison.Ordinal), importedTrace.After);
        const string Consents = "SELECT string_agg(kind || value, ',' ORDER BY kind) FROM customers.consents WHERE customer_uid = $1";
        Assert.Equal(
            await app.CustomersSqlAsync<string>(Consents, created.GetProperty("uid").GetGuid()),
            await app.CustomersSqlAsync<string>(Consents, imported.GetProperty("uid").GetGuid()));
        Assert.Equal(1, (await SearchAsync(staff, own)).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Invalid_line_is_rejected_alone_with_number_and_reason()
    {
        var other = await app.CreateCustomerAsync(await app.SomeStaffAsync());
        var taken = other.Text("email")!;
        var own = Intents.NewEmail("good");
        var reported = await ImportAsync(
            $"""
            First Name;last_name;EMAIL;phone;date_of_birth;marketing_sms;status;notes;notification_preferences
            Good;One;{own};;;;;;
            Twice;One;{own.ToUpperInvariant()};;;;;;
            Taken;One;{taken};;;;;;
            Bad;Address;at home;;;;;;
            Bad;Phone;;call me;;;;;
            Bad;Date;;;15.1.1990;;;;
            Unborn;Person;;;2999-01-01;;;;
            Bad;Flag;;;;maybe;;;
            Bad;Word;;;;;gone;;
            Two;Wrong;at home;none;;;;;
            ;;;;;;;No name;
            Too;Few
            A;"stray" quote;;;;;;;
            Bad;Json;;;;;;;not json
            Good;Two;;;;;;"a line break
            in quotes";
            Good;Three;;;;;;;

            """);
        Assert.Equal(
            [
                (2, null), (3, "Line 2 has the same email."), (4, $"Customer {other.Text("customer_id")} already has this email."), (5, "email: Must be an email address like name@example.com."),
                (6, "phone: Enter a phone number like +49 30 1234567."),
                (7, "date_of_birth: Must be a date like 1990-01-15."), (8, "date_of_birth: The date of birth can't be in the future."),
                (9, "marketing_sms: Must be yes or no, true or false, 1 or 0."), (10, "status: Must be one of: active, inactive, prospect, blocked."),
                (11, "email: Must be an email address like name@example.com. phone: Enter a phone number like +49 30 1234567."),
                (12, "name: Enter a first and last name, or a company name."),
                (13, "Expected 9 columns, found 2."),
                (14, "A quotation mark is in the wrong place. Quote cells that contain one, and double it."),
                (15, "notification_preferences: This is not JSON."), (16, null), (18, null),
            ],
            reported);
    }

    [Theory]
    [InlineData(",Doe,,", "first_name: This field is required.")]
    [InlineData("Jane,,,", "last_name: This field is required.")]
    [InlineData(",,Doe Ltd,", null)]
    [InlineData(",Doe,Doe Ltd,", null)]
    [InlineData(",,,Jane Doe", null)]
    [InlineData(",Doe,,Jane Doe", null)]
    public async Task Line_needs_both_names_of_a_person_or_a_company(string line, string? rejection) =>
        Assert.Equal([(2, rejection)], await ImportAsync($"first_name,last_name,company_name,name\n{line}\n"));

    [Fact]
    public async Task All_or_nothing_import_with_a_rejection_writes_nothing()
    {
        var before = await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers");
        var (result, reported) = await TryImportAsync("name,phone\nAcme,12345\nOther,no phone\n", allOrNothing: true);
        Assert.Equal(("Nothing was imported, because not every line could be imported.", 2), (result.Error?.Detail, reported.Count));
        Assert.Equal(before, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers"));
        Assert.Null((await TryImportAsync("name,phone\nAcme,12345\n", allOrNothing: true)).Result.Error);
    }

    [Fact]
    public async Task Customers_with_one_name_get_distinct_user_names_and_codes()
    {
        var name = $"Same{Guid.NewGuid():N}"[..12].ToLowerInvariant();
        Assert.All(await ImportAsync("first_name,last_name\n" + string.Concat(Enumerable.Repeat(name + ",Doe\n", 300))), line => Assert.Null(line.Rejection));
        Assert.Equal(300, await app.CustomersSqlAsync<long>("SELECT count(DISTINCT username) FROM customers.customers WHERE first_name = $1", name));
        Assert.Equal(1, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE username = $1", name + "doe"));
        // Numbers and codes ascend with the lines.
        Assert.True(await app.CustomersSqlAsync<bool>("SELECT bool_and(code > before) FROM (SELECT code, lag(code) OVER (ORDER BY id) AS before FROM customers.customers WHERE first_name = $1) pairs WHERE before IS NOT NULL", name));
    }

    [Fact]
    public async Task Concurrent_imports_and_creates_leave_one_customer_per_address()
    {
        var staff = await app.SomeStaffAsync();
        var emails = Enumerable.Range(0, 40).Select(_ => Intents.NewEmail("at.once")).ToArray();
        var file = "first_name,last_name,email,city\n" + string.Concat(emails.Select(email => $"At,Once,{email},Raceville\n"));
        var backwards = "first_name,last_name,email,city\n" + string.Concat(emails.Reverse().Select(email => $"At,Once,{email},Raceville\n"));
        var requests = emails[..10].Select(email => app.PostCustomerAsync(staff, JohnDoe(email))).ToList();
        var imports = await Task.WhenAll(TryImportAsync(file), TryImportAsync(backwards), TryImportAsync(file));
        var answers = await Task.WhenAll(requests);
        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.BadRequest }));
        Assert.All(imports, import => Assert.Null(import.Result.Error));
        Assert.Equal(emails.Length, answers.Count(answer => answer.IsSuccessStatusCode) + imports.Sum(import => import.Reported.Count(line => line.Rejection is null)));
        Assert.Equal(emails.Length, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE email = ANY ($1)", (object)emails));
        Assert.Equal(
            await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE city = 'Raceville'"),
            await app.CustomersSqlAsync<long>("SELECT sum(customers)::bigint FROM customers.counted WHERE dimension = 'city' AND key = 'Raceville'"));
    }

    [Fact]
    public async Task Line_waits_for_a_concurrent_create_and_is_rejected()
    {
        var email = Intents.NewEmail("held");
        await using var connection = new Npgsql.NpgsqlConnection(app.Customers.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var insert = new Npgsql.NpgsqlCommand(
            """
            INSERT INTO customers.customers (uid, organization_id, customer_id, code, username, first_name, last_name, name, customer_type, email, email_key, claim,
                customer_group, territory, is_primary_contact, marketing_emails, marketing_sms, notification_preferences, tags, standing, is_blocked, is_deleted,
                total_services, customer_since, created_at, updated_at, version)
            VALUES (gen_random_uuid(), $1, 'CUST_0F0F0F0F', 'CUST-99999', 'heldbyanother', '', '', 'Held', 'individual', $2, $2, 'claimed',
                'Individual', 'All Territories', false, true, false, '{}', '{}', 'active', false, false, 0, now(), now(), now(), 1)
            """, connection);
        insert.Parameters.AddWithValue(app.Home());
        insert.Parameters.AddWithValue(email);
        await insert.ExecuteNonQueryAsync();
        var import = ImportAsync($"first_name,last_name,email\nEarly,One,{Intents.NewEmail()}\nHeld,One,{email}\nHeldby,another,{Intents.NewEmail()}\n");
        await app.WaitForBlockedSessionsAsync();
        await transaction.CommitAsync();
        Assert.Equal([(2, null), (3, "Customer CUST_0F0F0F0F already has this email."), (4, null)], await import);
    }

    [Fact]
    public async Task More_lines_than_one_batch_are_reported_in_order()
    {
        var lines = ImportCustomers.BatchSize + 5;
        var reported = await ImportAsync("name\n" + string.Concat(Enumerable.Range(2, lines).Select(number => $"Line {number}\n")));
        Assert.Equal(Enumerable.Range(2, lines).Select(number => (long)number), reported.Select(line => line.Number));
        Assert.All(reported, line => Assert.Null(line.Rejection));
    }

    [Theory]
    [InlineData("", "The file has no first line with the names of its columns.")]
    [InlineData("\n\n", "The file has no first line with the names of its columns.")]
    [InlineData("John,Doe\nJane,Doe\n", "The first line names no column that is known.")]
    [InlineData("email,name,E-Mail,email\n", "The column email is there twice.")]
    public async Task File_without_columns_is_refused(string text, string sentence)
    {
        var refused = await Assert.ThrowsAsync<UnreadableFileException>(() => TryImportAsync(text));
        Assert.StartsWith(sentence, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unclosed_quotation_mark_refuses_the_whole_file()
    {
        var email = Intents.NewEmail("before");
        var refused = await Assert.ThrowsAsync<UnreadableFileException>(
            () => TryImportAsync($"name,email,notes\nFirst,{email},\nSecond,,\"open\n" + string.Concat(Enumerable.Repeat("More,,\n", 20_000))));
        Assert.StartsWith("The record in line 3 ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE email = $1", email));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_000)] // Beyond the first buffer.
    public async Task Byte_that_is_not_UTF8_refuses_the_whole_file_with_its_line(int before)
    {
        byte[] file = [.. "name\n"u8, .. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, before).Select(number => $"Zoë {number}\n"))), .. "M"u8, 0xFC, .. "ller\n"u8];
        var refused = await Assert.ThrowsAsync<UnreadableFileException>(() => TryImportAsync(file, allOrNothing: false));
        Assert.StartsWith($"The file is not in UTF-8: line {before + 2} ", refused.Message, StringComparison.Ordinal);
        var cut = await Assert.ThrowsAsync<UnreadableFileException>(() => TryImportAsync([.. "name\nZo"u8, 0xC3], allOrNothing: false));
        Assert.StartsWith("The file is not in UTF-8: line 2 ", cut.Message, StringComparison.Ordinal);
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE name LIKE 'Zo%'"));
    }

    [Fact]
    public async Task Other_alphabets_are_kept_and_lost_characters_are_rejected()
    {
        var name = "Зоя 😀 佐藤";
        byte[] file = [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes($"name\tcity\n{name}\tKöln\nM\uFFFDller\tBonn\nNul\0\tBonn\n")];
        var (_, reported) = await TryImportAsync(file, allOrNothing: false);
        Assert.Equal(
            [(2, null), (3, "name: A character was lost here before the file was written (U+FFFD). Export the file again."), (4, "name: ")],
            reported.Select(line => (line.Number, line.Number == 4 ? line.Rejection?[..6] : line.Rejection)));
        Assert.Equal("Köln", await app.CustomersSqlAsync<string>("SELECT city FROM customers.customers WHERE name = $1", name));
    }

    [Fact]
    public void Every_written_field_has_a_column() => Assert.Equal(
        // The flags behind status and is_active are not columns.
        Patron.Customers.Customers.CustomerSchema.Fields.Written.Select(field => field.Name).Except(["standing", "is_blocked", "is_deleted"]).Concat(["status", "is_active"]).Order(),
        CustomerCsv.Columns.Order());

    private async Task<IReadOnlyList<(long Number, string? Rejection)>> ImportAsync(string csv)
    {
        var (result, reported) = await TryImportAsync(csv);
        Assert.Null(result.Error);
        return [.. reported.Select(line => (line.Number, line.Rejection))];
    }

    private Task<(Result<Unit> Result, IReadOnlyList<ImportedLine> Reported)> TryImportAsync(string csv, bool allOrNothing = false) =>
        TryImportAsync(Encoding.UTF8.GetBytes(csv.ReplaceLineEndings("\n")), allOrNothing);

    private async Task<(Result<Unit> Result, IReadOnlyList<ImportedLine> Reported)> TryImportAsync(byte[] csv, bool allOrNothing)
    {
        await using var scope = app.Customers.Services.CreateAsyncScope();
        var reported = new List<ImportedLine>();
        var result = await scope.ServiceProvider.GetRequiredService<ImportCustomers>().HandleAsync(
            Caller.System(app.Home()), CustomerCsv.ReadAsync(new MemoryStream(csv), _ => { }, CancellationToken.None), allOrNothing, reported.Add, CancellationToken.None);
        return (result, reported);
    }

    private async Task<JsonElement> FindAsync(Person staff, string email) =>
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{Api}email/{email}", staff)).ShouldBeAsync(HttpStatusCode.OK);

    private async Task<JsonElement> SearchAsync(Person staff, string query) =>
        await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", staff, new { query })).ShouldBeAsync(HttpStatusCode.OK);
}
