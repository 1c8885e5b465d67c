using System.Globalization;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Customers.Duplicates;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>Items of the inbox of the home organization. Each answers the number of its item.</summary>
internal static class InboxItemIntents
{
    private static int twins;

    // Those of other tests must not be twins of these.
    private static readonly (string First, string Last, string Misspelt)[] Names =
    [
        ("Jonathan", "Hallorann", "Halloran"), ("Wilhelmina", "Featherstone", "Fetherstone"), ("Bartholomew", "Quackenbush", "Quakenbush"),
        ("Ophelia", "Vandermeer", "Vandermer"), ("Cornelius", "Throckmorton", "Throckmortin"), ("Guinevere", "Applewhite", "Aplewhite"),
        ("Montgomery", "Zimmermann", "Zimmerman"), ("Persephone", "Blackwood", "Blackwod"), ("Ignatius", "Kowalczyk", "Kowalczik"),
    ];

    private const string ItemSql = "SELECT id FROM shared.inbox_items WHERE kind = $1 AND source = $2";

    /// <summary>Two customers that are probably one.</summary>
    public static async Task<(long Item, string One, string Other)> AddDuplicateAsync(this PatronApp app)
    {
        var admin = await app.AdminAsync();
        var number = Interlocked.Increment(ref twins);
        var (first, last, misspelt) = Names[number % Names.Length];
        var (one, other) = (await app.CreateCustomerAsync(admin, Twin(last)), await app.CreateCustomerAsync(admin, Twin(misspelt)));
        await app.FindPairAsync(admin, one);
        var item = await app.CustomersSqlAsync<long>(
            "SELECT i.id FROM shared.inbox_items i JOIN customers.customers c ON c.uid::text = i.source WHERE i.kind = 'duplicate' AND c.customer_id IN ($1, $2)",
            one.Id(), other.Id());
        return (item, one.Id(), other.Id());

        Dictionary<string, object?> Twin(string name)
        {
            var twin = CustomerIntents.JohnDoe(Intents.NewEmail("twin"));
            (twin["first_name"], twin["last_name"], twin["phone"]) = (first, name, $"+1-212-555-{1000 + (number * 37)}");
            (twin["date_of_birth"], twin["address_line1"]) = ($"19{60 + number}-03-{10 + number}", $"{number * 11} {last} Road");
            twin["postal_code"] = $"2{number:D2}5{number % 10}";
            return twin;
        }
    }

    public static async Task<long> AddChangeRequestAsync(this PatronApp app, string customer, string value)
    {
        var id = await app.CustomersSqlAsync<long>(
            "INSERT INTO customers.change_requests (organization_id, customer_uid, field, value, asked_at) SELECT organization_id, uid, 'company_name', $2, now() FROM customers.customers WHERE customer_id = $1 RETURNING id",
            customer, value);
        return await app.CustomersSqlAsync<long>(ItemSql, "change_request", id.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A partner of the ERP whose address differs from its customer's.</summary>
    public static async Task<long> AddConflictAsync(this PatronApp app, string customer, string partner)
    {
        await app.CustomersSqlAsync<object>(
            """
            INSERT INTO erp.partners (source, external_id, rank, organization_id, state, reason, customer_uid, facts, is_active, first_seen_at, last_seen_at)
            SELECT 'odoo', $2, 1, organization_id, 'conflict', 'address_moved', uid,
                '{"name": "Jonathan Hallorann", "email": "office@x.example", "city": "Bulawayo", "street": "1 Main Street"}', true, now(), now()
            FROM customers.customers WHERE customer_id = $1
            """, customer, partner);
        return await app.CustomersSqlAsync<long>(
            "SELECT i.id FROM shared.inbox_items i JOIN customers.customers c ON c.uid::text = i.source WHERE i.kind = 'sync_conflict' AND c.customer_id = $1",
            customer);
    }

    public static async Task<long> AddGivenUpMailAsync(this PatronApp app)
    {
        var id = await app.AccountsSqlAsync<long>(
            """
            INSERT INTO shared.outbox_messages (kind, payload, created_at, due_at)
            VALUES ('mail', '{"To": "given-up@tests.example", "Subject": "Hello", "Text": "Hello"}', now(), now() + interval '1 day') RETURNING id
            """);
        await app.AccountsSqlAsync<object>(
            "UPDATE shared.outbox_messages SET dead_at = now(), attempts = 15, last_error = 'The server was away.' WHERE id = $1", id);
        return await app.CustomersSqlAsync<long>(ItemSql, "mail_given_up", id.ToString(CultureInfo.InvariantCulture));
    }

    public static async Task<long> AddImportAsync(this PatronApp app)
    {
        var id = await app.CustomersSqlAsync<long>(
            "INSERT INTO customers.imports (organization_id, file_name, started_at) VALUES ($1, 'people.csv', now()) RETURNING id", app.Home());
        await app.CustomersSqlAsync<object>("UPDATE customers.imports SET finished_at = now(), imported = 7, rejected = 2 WHERE id = $1", id);
        return await app.CustomersSqlAsync<long>(ItemSql, "job_rejected", string.Create(CultureInfo.InvariantCulture, $"import/{id}"));
    }
}
