using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using static Patron.IntegrationTests.Accounts.ImportedPeople;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Processes;

/// <summary><c>patron import users</c> while a server runs on the same database.</summary>
public sealed class ImportUsersTests(OneProcess app) : IClassFixture<OneProcess>, IDisposable
{
    private const string Hash = "pbkdf2_sha256$1200$seasalt2$aRKCiPXPkbocM5s09eR6O4N8ltRn0qL1blYZJCGYppw=";
    private const string Password = "rasmuslerdorf";
    private const string Exists = "An account with this email address already exists.";

    private readonly DataFolder folder = new();
    private readonly DirectoryInfo files = Directory.CreateTempSubdirectory("patron-import-");

    [Fact]
    public async Task People_sign_in_with_imported_passwords_which_are_then_rehashed()
    {
        var people = Hashes.ToDictionary(form => NewEmail(form.Key), form => form.Value);

        Assert.Equal("9 lines: 9 imported, 0 rejected\n", (await ImportAsync([.. people.Select(person => Line(person.Key, person.Value.Hash))])).Output);

        foreach (var (email, (password, hash)) in people)
        {
            await (await app.TrySignInAsync(email, password + "x")).ShouldFailAsync(HttpStatusCode.Unauthorized);
            Assert.Equal(hash, await HashOfAsync(email));

            await app.SignInAsync(email, password);
            var renewed = await HashOfAsync(email);
            Assert.StartsWith("AQAAAA", renewed, StringComparison.Ordinal);
            Assert.NotEqual(hash, renewed);

            await app.SignInAsync(email, password);
            Assert.Equal(renewed, await HashOfAsync(email));
            await (await app.TrySignInAsync(email, password + "x")).ShouldFailAsync(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task Changing_an_imported_password_needs_the_old_one()
    {
        var email = NewEmail();
        await ImportAsync(Line(email, Hash));
        var person = await app.SignInAsync(email, Password);
        var change = new { current_password = Password, password1 = AccountCalls.OtherPassword, password2 = AccountCalls.OtherPassword };

        await (await app.PostAsync("password/change/", change, person)).ShouldBeAsync(HttpStatusCode.NoContent);

        await app.SignInAsync(email, AccountCalls.OtherPassword);
    }

    [Fact]
    public async Task Data_of_the_other_system_is_kept()
    {
        var email = NewEmail("known");
        var answer = await ImportAsync(
            Line(email.ToUpperInvariant(), Hash, ("username", $"j{Guid.NewGuid().ToString("N")[..8]}"), ("phone", " +1-555-0123 "), ("email_verified", true), ("date_joined", "2019-02-03 04:05:06.123456+01:00")));
        Assert.Empty(answer.Errors);

        var signedIn = await (await app.TrySignInAsync(email, Password)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("Jane", signedIn.GetProperty("first_name").GetString());
        Assert.Equal("+1-555-0123", signedIn.GetProperty("phone_number").GetString());
        Assert.Equal("customer", signedIn.GetProperty("user_role").GetString());
        Assert.True(signedIn.GetProperty("email_verified").GetBoolean());
        var id = signedIn.GetProperty("id").GetGuid();
        Assert.Equal(
            DateTime.Parse("2019-02-03T03:05:06.123456Z", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal),
            await app.AccountsSqlAsync<DateTime>("SELECT created_at FROM accounts.users WHERE id = $1", id));
        Assert.Equal("customer", await app.AccountsSqlAsync<string>("SELECT role FROM accounts.memberships WHERE user_id = $1 AND organization_id = $2", id, app.Home()));
        Assert.Equal(1, await app.CountAuditEntriesAsync(id, "account.imported"));
        Assert.Equal(0, await app.CountAuditEntriesAsync(id, "account.registered"));
    }

    [Fact]
    public async Task Import_sends_no_mail()
    {
        string[] people = [NewEmail("quiet"), NewEmail("quiet")];
        await ImportAsync(Line(people[0], Hash), Line(people[1], Hash, ("email_verified", true)));

        foreach (var email in people)
        {
            Assert.Equal(0, await app.AccountsSqlAsync<long>("SELECT count(*) FROM shared.outbox_messages WHERE payload::text LIKE '%' || $1 || '%'", email));
            Assert.Empty(app.MailsTo(email));
        }
    }

    [Fact]
    public async Task Person_without_a_password_sets_one_by_mail()
    {
        string[] people = [NewEmail("none"), NewEmail("none"), NewEmail("none")];
        await ImportAsync(Line(people[0]), Line(people[1], "!Unusable0123456789"), Line(people[2], ""));

        foreach (var email in people)
        {
            Assert.Null(await HashOfAsync(email));
            await (await app.TrySignInAsync(email, "!Unusable0123456789")).ShouldFailAsync(HttpStatusCode.Unauthorized);
        }

        await (await app.ResetAsync(await app.ResetTokenAsync(people[1]))).ShouldBeAsync(HttpStatusCode.NoContent);
        await app.SignInAsync(people[1], AccountCalls.OtherPassword);
    }

    [Fact]
    public async Task Disabled_accounts_stay_disabled()
    {
        var email = NewEmail("off");
        await ImportAsync(Line(email, Hash, ("is_active", false)));
        await (await app.TrySignInAsync(email, Password)).ShouldFailAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Invalid_line_is_rejected_alone_with_a_reason()
    {
        var (taken, name) = (await app.RegisterAsync(), $"n{Guid.NewGuid().ToString("N")[..8]}");
        var (first, good) = (NewEmail(), NewEmail());
        var answer = await ImportAsync(
            Line(first, Hash, ("username", name)),
            Line(taken.Email.ToUpperInvariant(), Hash),
            Line(first, Hash),
            Line(NewEmail(), Hash, ("username", name.ToUpperInvariant())),
            Line("nobody", Hash),
            Line(NewEmail(), Hash, ("first_name", ""), ("last_name", null), ("phone", "none")),
            Line(NewEmail(), Hash, ("username", "half a name")),
            Line(NewEmail(), "5f4dcc3b5aa765d61d8327deb882cf99"),
            Line(NewEmail(), Hash[..^3]),
            Line(NewEmail(), Hash.Replace("1200", "99000000", StringComparison.Ordinal)),
            Line(NewEmail(), Hash, ("created_at", "yesterday")),
            Line(NewEmail(), Hash, ("created_at", "2999-01-01")),
            Line(NewEmail(), Hash, ("is_active", "yes"), ("phone", 5550123)),
            Line(NewEmail(), Hash, ("first_name", "Ja\0ne")),
            Line(good, Hash, ("username", good)));

        Assert.Equal(3, answer.Status);
        Assert.Equal("15 lines: 2 imported, 13 rejected\n", answer.Output);
        Assert.Equal(
            [
                $"line 2: {Exists}", "line 3: Line 1 has the same email.", "line 4: Line 1 has the same username.",
                "line 5: email: Must be an email address like name@example.com.",
                "line 6: first_name: This field is required. last_name: This field is required. phone: Enter a phone number like +49 30 1234567.",
                "line 7: username: Use 3-30 characters: letters a-z, digits, dots, hyphens, underscores.",
                "line 8: password: Must be a password hash of Django (pbkdf2_sha256), Odoo (pbkdf2-sha512), Laravel (bcrypt) or ASP.NET Identity. Leave it out otherwise: the person can then reset their password.",
                "line 9: password: This password hash is damaged; take it over again, or leave it out: the person can then set a password under 'forgot password'.",
                "line 10: password: Checking this password hash would take too long; leave it out: the person can then set a password under 'forgot password'.",
                "line 11: created_at: This must be a time such as 2024-05-31T12:00:00Z.",
                "line 12: created_at: Must not be in the future.",
                "line 13: phone: This must be a text. is_active: This must be true or false.",
                "line 14: first_name: Remove the control characters.",
            ],
            Lines(answer.Errors));
        await app.SignInAsync(good, Password);
    }

    [Fact]
    public async Task Rejected_user_name_does_not_reserve_the_address_of_its_line()
    {
        var (name, email) = ($"n{Guid.NewGuid().ToString("N")[..8]}", NewEmail());
        await ImportAsync(Line(NewEmail(), Hash, ("username", name)));
        var answer = await ImportAsync(Line(email, Hash, ("username", name)), Line(email, Hash));
        Assert.Equal(["line 1: Another account has this username."], Lines(answer.Errors));
        await app.SignInAsync(email, Password);
    }

    [Fact]
    public async Task Malicious_lines_are_rejected_and_the_rest_is_imported()
    {
        var (first, last) = (NewEmail(), NewEmail());
        byte[][] lines =
        [
            [0xEF, 0xBB, 0xBF, .. Bytes(Line(first, Hash)), (byte)'\r'],
            Bytes("{\"email\": "),
            Bytes("[1, 2]"),
            Bytes("null"),
            Bytes("\"text\""),
            [0, 0, 0],
            [0xFF, 0xFE, 0x7B],
            [.. Bytes("{\"email\":\"x@tests.example\",\"first_name\":\""), 0xC3, 0x28, .. Bytes("\",\"last_name\":\"x\"}")],
            Bytes("""{"email":"x@tests.example","first_name":"\ud800","last_name":"x"}"""),
            Bytes("""{"email":"x@tests.example","email":"y@tests.example","first_name":"x","last_name":"x"}"""),
            Bytes("""{"email":["x@tests.example"],"first_name":{},"last_name":1,"email_verified":0}"""),
            Bytes(new string('[', 60_000)),
            Bytes(Line(NewEmail(), Hash, ("note", new string('x', 65_536)))),
            Bytes(new string('x', 3_000_000)),
            Bytes(""),
            Bytes("  \t "),
            Bytes(Line(NewEmail(), Hash, ("first_name", new string('x', 60_000)))),
            Bytes(Line(last, Hash, ("password_hash", Hash), ("evil\u001b[31m\nname", 1))),
        ];
        var file = Path.Combine(files.FullName, "hostile.jsonl");
        await File.WriteAllBytesAsync(file, [.. lines.Aggregate(new List<byte>(), (all, line) => [.. all, .. line, (byte)'\n']).SkipLast(1)]);

        var answer = await RunAsync(file);

        Assert.Equal(3, answer.Status);
        Assert.Equal("16 lines: 2 imported, 14 rejected\n", answer.Output);
        var errors = Lines(answer.Errors);
        Assert.Equal(
            ["The field 'password_hash' is unknown and is ignored.", "The field 'evil[31mname' is unknown and is ignored."],
            errors.Where(line => !line.StartsWith("line ", StringComparison.Ordinal)));
        Assert.Contains("line 14: This line is longer than 64 KB.", errors);
        Assert.Contains("line 8: This line isn't valid Unicode.", errors);
        Assert.Contains("line 9: This line isn't valid Unicode.", errors);
        Assert.Contains("line 11: email: This must be a text. first_name: This must be a text. last_name: This must be a text. email_verified: This must be true or false.", errors);
        Assert.DoesNotContain("   at ", answer.Errors, StringComparison.Ordinal);
        foreach (var email in new[] { first, last })
        {
            await app.SignInAsync(email, Password);
        }
    }

    [Fact]
    public async Task Strict_imports_nothing_if_one_line_is_rejected()
    {
        var before = await TracesAsync();
        var people = Enumerable.Range(0, 1_100).Select(_ => Line(NewEmail("strict"), Hash)).ToArray();

        var refused = await ImportAsync([.. people, Line("nobody")], "--strict");
        Assert.Equal(1, refused.Status);
        Assert.Equal("1,101 lines: 0 imported, 1 rejected\n", refused.Output);
        Assert.Equal(
            ["line 1101: email: Must be an email address like name@example.com.", "Nothing was imported, because not every line could be imported."], Lines(refused.Errors));
        Assert.Equal(before, await TracesAsync());

        var taken = await ImportAsync(people, "--strict");
        Assert.Equal((0, "1,100 lines: 1,100 imported, 0 rejected\n", ""), (taken.Status, taken.Output, taken.Errors));
    }

    [Fact]
    public async Task Repeated_import_of_the_same_file_changes_nothing()
    {
        var people = Enumerable.Range(0, 30).Select(_ => Line(NewEmail("again"), Hash)).ToArray();
        Assert.Equal("30 lines: 30 imported, 0 rejected\n", (await ImportAsync(people)).Output);
        var before = await TracesAsync();

        var again = await ImportAsync(people);
        Assert.Equal("30 lines: 0 imported, 30 rejected\n", again.Output);
        Assert.Equal(1, again.Status);
        Assert.Equal(20 + 1, Lines(again.Errors).Length);
        Assert.Equal("... and 10 more. --rejects FILE lists them all.", Lines(again.Errors)[^1]);
        Assert.Equal(before, await TracesAsync());
    }

    [Fact]
    public async Task Concurrent_imports_of_the_same_people_create_one_account_each()
    {
        var emails = Enumerable.Range(0, 1_300).Select(_ => NewEmail("twice")).ToArray();
        var people = emails.Select(email => Line(email, Hash)).ToArray();

        var answers = await Task.WhenAll(ImportAsync(people), ImportAsync([.. people.Reverse()]), ImportAsync([.. people, Line("nobody")], "--strict"));

        Assert.All(answers, answer => Assert.Contains(answer.Status, new[] { 0, 1, 3 }));
        Assert.Equal(emails.Length, answers.Sum(answer => int.Parse(answer.Output.Split(": ")[1].Split(" imported")[0].Replace(",", "", StringComparison.Ordinal))));
        Assert.Equal(emails.Length, await app.AccountsSqlAsync<long>("SELECT count(DISTINCT id) FROM accounts.users WHERE email = ANY ($1)", [emails]));
        Assert.Equal(
            emails.Length,
            await app.AccountsSqlAsync<long>("SELECT count(*) FROM shared.audit_entries JOIN accounts.users ON users.id = subject_id WHERE email = ANY ($1)", [emails]));
    }

    [Fact]
    public async Task Every_reject_is_in_the_file_and_the_first_hundred_in_the_JSON()
    {
        var rejects = Path.Combine(files.FullName, "rejects.csv");
        var people = Enumerable.Range(0, 120).Select(number => Line("no address", Hash, ("first_name", $"N{number}"))).Append(Line(NewEmail(), Hash));

        var answer = await ImportAsync([.. people], "--json", "--rejects", rejects);

        Assert.Equal((3, ""), (answer.Status, answer.Errors));
        var summary = JsonDocument.Parse(answer.Output).RootElement;
        Assert.Equal(["lines", "imported", "rejected", "rejects"], summary.EnumerateObject().Select(member => member.Name));
        Assert.Equal((121, 1, 120), (summary.GetProperty("lines").GetInt32(), summary.GetProperty("imported").GetInt32(), summary.GetProperty("rejected").GetInt32()));
        Assert.Equal(Enumerable.Range(1, 100), summary.GetProperty("rejects").EnumerateArray().Select(reject => reject.GetProperty("line").GetInt32()));
        var reason = "email: Must be an email address like name@example.com.";
        Assert.All(summary.GetProperty("rejects").EnumerateArray(), reject => Assert.Equal(reason, reject.Text("reason")));
        var written = await File.ReadAllLinesAsync(rejects);
        Assert.Equal(
            Enumerable.Range(1, 120).SelectMany(number => new[] { $"# line {number}: {reason}", Line("no address", Hash, ("first_name", $"N{number - 1}")) }), written);

        // The rows are as they came: corrected, they are imported.
        await File.WriteAllLinesAsync(rejects, written.Select(line => line.Replace("no address", NewEmail(), StringComparison.Ordinal)));
        var corrected = await RunAsync(rejects);
        Assert.Equal((0, "120 lines: 120 imported, 0 rejected\n", ""), (corrected.Status, corrected.Output, corrected.Errors));
    }

    [Fact]
    public async Task Imported_file_cannot_be_the_file_of_rejects()
    {
        var file = Path.Combine(files.FullName, "people.jsonl");
        await File.WriteAllTextAsync(file, Line("nobody"));

        var answer = await RunAsync(file, "--rejects", file);

        Assert.Equal(1, answer.Status);
        Assert.Empty(answer.Output);
        Assert.Single(Lines(answer.Errors));
        Assert.Equal(Line("nobody"), await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Lines_are_read_from_standard_input()
    {
        var email = NewEmail();
        var answer = await PatronCommandLine.RunAsync(Settings(), ["import", "users", "-", "--data", folder.Location], Line(email, Hash));
        Assert.Equal((0, "1 line: 1 imported, 0 rejected\n", ""), (answer.Status, answer.Output, answer.Errors));
        await app.SignInAsync(email, Password);
    }

    [Fact]
    public async Task Hashes_and_addresses_are_not_printed()
    {
        var rejects = Path.Combine(files.FullName, "rejects.csv");
        var email = NewEmail("secret");
        string[] people = [Line(email, Hash), Line(email, Hash), Line(email, "plain-secret"), Line("secret(at)tests.example", Hash[..^2]), $"{{\"password\":\"{Hash}\"", Line(NewEmail(), Hash, ("username", "secret name"))];

        foreach (var answer in new[] { await ImportAsync(people, "--rejects", rejects), await ImportAsync(people, "--json"), await ImportAsync(people, "--strict") })
        {
            var said = answer.Output + answer.Errors;
            Assert.DoesNotContain("secret", said, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("seasalt", said, StringComparison.Ordinal);
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(rejects)); // It has the lines.
    }

    [Theory]
    [InlineData("no-such-file.jsonl")]
    [InlineData(".")]
    public async Task Unreadable_file_is_reported_with_a_sentence(string name)
    {
        var answer = await RunAsync(Path.Combine(files.FullName, name));
        Assert.Equal((1, ""), (answer.Status, answer.Output));
        Assert.Contains(files.FullName, Assert.Single(Lines(answer.Errors)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounts_service_can_import()
    {
        var settings = Settings();
        settings["ConnectionStrings__Patron"] = await app.EmptyDatabaseAsync();
        var answer = await PatronCommandLine.RunAsync(settings, ["import", "users", "-", "--role", "accounts", "--data", folder.Location], Line(NewEmail(), Hash));
        Assert.Equal("1 line: 1 imported, 0 rejected\n", answer.Output);

        settings["PATRON_ACCOUNTS_URL"] = "http://127.0.0.1:1";
        var other = await PatronCommandLine.RunAsync(settings, ["import", "users", "-", "--role", "customers", "--data", folder.Location]);
        Assert.Equal((1, "This command is for the role all or accounts.\n"), (other.Status, other.Errors));
    }

    public void Dispose()
    {
        folder.Dispose();
        files.Delete(recursive: true);
    }

    private async Task<CommandAnswer> ImportAsync(params string[] lines) => await ImportAsync(lines, []);

    private async Task<CommandAnswer> ImportAsync(string[] lines, params string[] options)
    {
        var file = Path.Combine(files.FullName, $"{Guid.NewGuid():N}.jsonl");
        await File.WriteAllLinesAsync(file, lines);
        return await RunAsync(file, options);
    }

    private Task<CommandAnswer> RunAsync(string file, params string[] options) =>
        PatronCommandLine.RunAsync(Settings(), ["import", "users", file, "--data", folder.Location, .. options]);

    private Dictionary<string, string> Settings() =>
        PatronProcess.SettingsFor(app.Accounts.ConnectionString);

    private Task<string?> HashOfAsync(string email) => app.AccountsSqlAsync<string>("SELECT password_hash FROM accounts.users WHERE email = $1", email);

    // All data that an import writes.
    private Task<string?> TracesAsync() => app.AccountsSqlAsync<string>(
        """
        SELECT concat_ws(' ', (SELECT md5(string_agg(users::text, ',' ORDER BY id)) FROM accounts.users),
            (SELECT count(*) FROM accounts.memberships), (SELECT count(*) FROM shared.audit_entries), (SELECT count(*) FROM accounts.challenges))
        """);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
