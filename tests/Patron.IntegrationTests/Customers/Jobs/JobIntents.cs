using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Customers.Jobs;

/// <summary>Requests about jobs, for tests.</summary>
internal static class JobIntents
{
    public const string Api = "/api/v1/jobs/";

    public static Task<HttpResponseMessage> PostJobAsync(this PatronApp app, Person? who, object body, params (string Name, string Value)[] headers) =>
        app.Customers.SendAsync(HttpMethod.Post, Api, who, body, headers);

    /// <summary>Customers of one new tag, which jobs of a test can choose, and that tag.</summary>
    public static async Task<(string Tag, JsonElement[] Customers)> TaggedCustomersAsync(this PatronApp app, Person staff, int count)
    {
        var tag = $"t{Guid.NewGuid():N}"[..12];
        var customers = new JsonElement[count];
        for (var place = 0; place < count; place++)
        {
            var body = CustomerIntents.JohnDoe();
            body["tags"] = $"{tag},old";
            customers[place] = await app.CreateCustomerAsync(staff, body);
        }

        return (tag, customers);
    }

    /// <summary>Many customers of the home organization without an address, and the tag that they alone have.</summary>
    public static async Task<string> ManyCustomersAsync(this PatronApp app, int count)
    {
        var tag = $"t{Guid.NewGuid():N}"[..12];
        await app.CustomersSqlAsync<object>(ManySql, app.Home(), tag, count);
        return tag;
    }

    internal const string ManySql = """
        INSERT INTO customers.customers (uid, organization_id, customer_id, code, username, first_name, last_name, name, customer_type, claim, customer_group,
            territory, is_primary_contact, city, marketing_emails, marketing_sms, notification_preferences, tags, standing, is_blocked, is_deleted,
            total_services, customer_since, created_at, updated_at, version)
        SELECT gen_random_uuid(), $1, 'CUST_' || upper(substr(md5($2 || n), 1, 8)), customers.next_code($1), $2 || n, 'Many', 'Person' || n, 'Many Person' || n,
            'individual', 'unclaimed', 'Individual', 'All Territories', false, 'Bergen', false, false, '{}', ARRAY[$2], 'active', false, false, 0, now(), now(), now(), 1
        FROM generate_series(1, $3) n
        """;

    /// <summary>A job over the customers of this tag, when its preview has ended.</summary>
    public static Task<JsonElement> PreviewAsync(this PatronApp app, Person staff, string kind, string tag, object? changes = null) =>
        app.PreviewAsync(staff, new { kind, filter = new { tags = tag }, changes = changes ?? new { } });

    public static async Task<JsonElement> PreviewAsync(this PatronApp app, Person staff, object body, string until = "ready")
    {
        var created = await (await app.PostJobAsync(staff, body)).ShouldBeAsync(HttpStatusCode.Created);
        return await app.UntilJobIsAsync(staff, created.GetProperty("job").JobId(), until);
    }

    public static Task<HttpResponseMessage> ConfirmAsync(this PatronApp app, Person who, JsonElement job, int? count = null) =>
        app.Customers.SendAsync(HttpMethod.Post, $"{Api}{job.JobId()}/confirm", who, new { count = count ?? job.Figure("would_change") });

    public static Task<HttpResponseMessage> CancelAsync(this PatronApp app, Person who, JsonElement job) =>
        app.Customers.SendAsync(HttpMethod.Post, $"{Api}{job.JobId()}/cancel", who);

    /// <summary>Confirms a previewed job and waits until it is applied.</summary>
    public static async Task<JsonElement> ApplyAsync(this PatronApp app, Person staff, JsonElement job)
    {
        await (await app.ConfirmAsync(staff, job)).ShouldBeAsync(HttpStatusCode.Accepted);
        return await app.UntilJobIsAsync(staff, job.JobId(), "applied");
    }

    /// <summary>Undoes a job and waits for the end.</summary>
    public static async Task<JsonElement> UndoAsync(this PatronApp app, Person staff, JsonElement job)
    {
        await (await app.Customers.SendAsync(HttpMethod.Post, $"{Api}{job.JobId()}/undo", staff)).ShouldBeAsync(HttpStatusCode.Accepted);
        return await app.UntilJobIsAsync(staff, job.JobId(), "undone");
    }

    public static async Task<JsonElement> UntilJobIsAsync(this PatronApp app, Person staff, long id, string state)
    {
        JsonElement job = default;
        await Eventually.BecomeTrueAsync(async () =>
        {
            job = await (await app.Customers.SendAsync(HttpMethod.Get, $"{Api}{id}", staff)).ShouldBeAsync(HttpStatusCode.OK);
            var current = job.Text("state");
            Assert.True(current == state || current is "previewing" or "ready" or "applying" or "undoing" or "applied", $"The job became {job}.");
            return current == state;
        });
        return job;
    }

    /// <summary>State and reason of each customer of the job, in the order of their numbers.</summary>
    public static async Task<string[]> RowsAsync(this PatronApp app, Person staff, JsonElement job, string query = "")
    {
        var rows = await (await app.Customers.SendAsync(HttpMethod.Get, $"{Api}{job.JobId()}/rows/{query}", staff)).ShouldBeAsync(HttpStatusCode.OK);
        return [.. rows.EnumerateArray().Select(row => $"{row.Text("state")} {row.Text("reason")} {string.Join(',', row.GetProperty("fields").EnumerateArray())}".TrimEnd())];
    }

    public static long JobId(this JsonElement job) => job.GetProperty("id").GetInt64();

    public static int Figure(this JsonElement job, string name) => job.GetProperty("rows").GetProperty(name).GetInt32();
}
