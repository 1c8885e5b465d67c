using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Merges;

/// <summary>Requests about merges, for tests.</summary>
internal static class MergeIntents
{
    public static Task<HttpResponseMessage> TryMergeAsync(this PatronApp app, Person who, string survivor, params string[] others) =>
        app.TryMergeAsync(who, survivor, new { others });

    public static Task<HttpResponseMessage> TryMergeAsync(this PatronApp app, Person who, string survivor, object body, params (string Name, string Value)[] headers) =>
        app.Customers.SendAsync(HttpMethod.Post, $"{CustomerIntents.Api}{survivor}/merge", who, body, headers);

    /// <summary>Merges one record into the other; returns the id of the merge.</summary>
    public static async Task<long> MergeAsync(this PatronApp app, Person who, string survivor, string absorbed) =>
        (await (await app.TryMergeAsync(who, survivor, absorbed)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("merges")[0].GetInt64();

    public static Task<HttpResponseMessage> TryUndoAsync(this PatronApp app, Person who, long merge, string? reason = null) =>
        app.Customers.SendAsync(HttpMethod.Post, $"/api/v1/merges/{merge}/undo", who, new { reason });

    public static async Task<JsonElement> UndoAsync(this PatronApp app, Person who, long merge, string? reason = null) =>
        await (await app.TryUndoAsync(who, merge, reason)).ShouldBeAsync(HttpStatusCode.OK);

    /// <summary>The latest merge of a record, as proofs and the ERP make them.</summary>
    public static async Task<JsonElement> LastMergeAsync(this PatronApp app, Person who, string customer) =>
        (await (await app.Customers.SendAsync(HttpMethod.Get, $"{CustomerIntents.Api}{customer}/merges/", who)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("merges")[0];

    /// <summary>
    /// The stored row without its version and time, its additional addresses, its statements of consent and its partners: everything that an
    /// undo restores.
    /// </summary>
    public static Task<string?> StoredAsync(this PatronApp app, string customer) => app.CustomersSqlAsync<string>(
        """
        SELECT (to_jsonb(c) - 'version' - 'updated_at' || jsonb_build_object(
            'addresses', (SELECT jsonb_agg(to_jsonb(a) - 'origin_uid' - 'updated_at' ORDER BY a.uid) FROM customers.addresses a WHERE a.customer_uid = c.uid),
            'comments', (SELECT jsonb_agg(to_jsonb(n) - 'origin_uid' ORDER BY n.id) FROM customers.comments n WHERE n.customer_uid = c.uid),
            'consents', (SELECT jsonb_agg(to_jsonb(k) - 'origin_uid' ORDER BY k.id) FROM customers.consents k WHERE k.customer_uid = c.uid),
            'offers', (SELECT jsonb_agg(to_jsonb(o) - 'origin_uid' - 'closed_by_merge' ORDER BY o.id) FROM customers.offers o WHERE o.customer_uid = c.uid),
            'requests', (SELECT jsonb_agg(to_jsonb(r) - 'origin_uid' - 'closed_by_merge' ORDER BY r.id) FROM customers.change_requests r WHERE r.customer_uid = c.uid),
            'partners', (SELECT jsonb_agg(concat_ws(' ', p.external_id, p.state, p.reason) ORDER BY p.external_id) FROM erp.partners p WHERE p.customer_uid = c.uid)))::text
        FROM customers.customers c WHERE c.customer_id = $1
        """, customer);

    /// <summary>
    /// What the unique indexes do not say: each identifier leads to one live record, live merges are exactly the absorbed records, counters add
    /// up.
    /// </summary>
    public static async Task CheckMergesAsync(this PatronApp app)
    {
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.absorbed a WHERE EXISTS (SELECT FROM customers.customers c WHERE c.uid = a.uid OR c.customer_id = a.customer_id)"));
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.absorbed a FULL JOIN (SELECT * FROM customers.merges WHERE survivor_before IS NOT NULL) m ON m.absorbed_uid = a.uid WHERE a.uid IS NULL OR m.id IS NULL"));
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM (SELECT dimension, within, key, sum(customers) FROM customers.counted GROUP BY 1, 2, 3 HAVING sum(customers) <> 0 EXCEPT SELECT dimension, within, key, sum(customers) FROM customers.counted_anew GROUP BY 1, 2, 3) AS wrong"));
    }
}
