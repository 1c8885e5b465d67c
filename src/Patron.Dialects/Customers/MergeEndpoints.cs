using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Merges;
using Patron.Dialects.OpenApi;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>Merges customers, lists merges and undoes them.</summary>
internal static class MergeEndpoints
{
    private const string MergeExample = """
        {"others": ["CUST_B2C3D4E5"], "versions": {"CUST_A1B2C3D4": 3, "CUST_B2C3D4E5": 1}, "choices": {"phone": "CUST_B2C3D4E5"}, "dry_run": true}
        """;

    private const string UndoExample = """{"reason": "Two brothers with one address"}""";

    private const string Merge = """
        {"id": 7, "group_id": "0198c0de-6666-7000-8000-000000000001", "customer_id": "CUST_A1B2C3D4", "customer_uid": "0198c0de-4444-7000-8000-000000000001", "absorbed_id": "CUST_B2C3D4E5", "absorbed_uid": "0198c0de-4444-7000-8000-000000000002", "made_at": "2024-01-15T10:30:00Z", "made_by": "0198c0de-1111-7000-8000-000000000001", "made_by_key": null, "evidence": "staff", "reason": null, "state": "merged", "undone_at": null, "undone_by": null, "undone_by_key": null, "undo_reason": null, "disabled_account": null}
        """;

    private static string Result => $$"""
        {"dry_run": true, "customer": {{CustomerAnswer.Schema.Example}}, "fields": [{"field": "phone", "value": "+1-555-0123", "from": "CUST_B2C3D4E5", "reason": "chosen"}], "moved": {"addresses": 1, "primary_addresses": 1, "withdrawn_offers": 0, "closed_change_requests": 0}, "partners": [], "absorbed": ["CUST_B2C3D4E5"], "versions": {"CUST_A1B2C3D4": 3, "CUST_B2C3D4E5": 1}, "disabled_accounts": [], "merges": []}
        """;

    private static string Undone => $$"""
        {"merge": {{Merge}}, "customer": {{CustomerAnswer.Schema.Example}}, "returned": {{CustomerAnswer.Schema.Example}}, "released_addresses": [], "staying": [{"kind": "address", "id": "0198c0de-5555-7000-8000-000000000001", "created_at": "2024-01-15T10:30:00Z"}]}
        """;

    public static void MapMerges(this RouteGroupBuilder customers, RouteGroupBuilder merges)
    {
        customers.MapPost("/{customer_id}/merge", MergeAsync)
            .Describe(
                "merge_customers", "Merge customers",
                $"For staff. The customer of the path stays, and up to {MergeCustomers.MaxOthers} others become a part of it: its values win where it has some, unless choices names the customer whose value wins. Addresses, tags, notes and history are put together. All identifiers answer with this customer from then on. With dry_run nothing is done, and the answer shows what would be, with the versions to send along. If two of them have an account, only an administrator can do it, with a reason: the other account is disabled. It can be undone.")
            .TakesExample(MergeExample)
            .Answers<MergeResultAnswer>(200, "What was done, or would be. The ETag is that of the customer.", Result)
            .Fails(400, 401, 403, 404, 409, 412, 413, 415, 422, 503);
        customers.MapGet("/{customer_id}/merges", OfCustomerAsync)
            .Describe(
                "list_merges_of_customer", "List merges of a customer",
                $"For staff: merges of the customer and of those that were merged into it, newest first, at most {ListMerges.MaxLimit}. Undone ones too.")
            .Answers<MergesAnswer>(200, "The merges.", $"{{\"merges\": [{Merge}], \"next\": null}}")
            .Fails(401, 403, 404, 503);
        merges.MapGet("", ListAsync)
            .Describe("list_merges", "List merges", "For staff, newest first. before takes next of the page before.")
            .Answers<MergesAnswer>(200, "The merges.", $"{{\"merges\": [{Merge}], \"next\": null}}")
            .Fails(401, 403, 404, 422, 503);
        merges.MapGet("/{id:long}", FindAsync)
            .Describe("get_merge", "Get a merge", "For staff: which customers, when, by whom and why, and whether it can be undone.")
            .Answers<MergeView>(200, "The merge.", Merge)
            .Fails(401, 403, 404, 503);
        merges.MapPost("/{id:long}/undo", UndoAsync)
            .Describe(
                "undo_merge", "Undo a merge",
                "For staff. Both customers stand as before the merge. Changes since stay with the customer they were made on, and other merges stay. An address that another customer has by now comes back released. Merges that a proof of an address made, and those of two accounts, are undone by administrators, with a reason.")
            .TakesExample(UndoExample)
            .Answers<UndoneMergeAnswer>(200, "Both customers as they are now, and what did not come back.", Undone)
            .Fails(400, 401, 403, 404, 409, 413, 415, 422, 503);
    }

    private static async Task<IResult> MergeAsync(
        [FromRoute(Name = "customer_id")] string customerId, MergeCustomersRequest request, MergeCustomers merge, HttpContext http,
        CancellationToken cancellationToken)
    {
        if (request.Refusal is { } refusal)
        {
            return Answers.Problem(refusal);
        }

        var result = await merge.HandleAsync(
            http.Caller(), customerId, request.ToRequest(EntityTags.Expected(http)), cancellationToken);
        return result.ToOk(merged => Tagged(http, merged));
    }

    private static async Task<IResult> OfCustomerAsync(
        [FromRoute(Name = "customer_id")] string customerId, ListMerges list, HttpContext http, CancellationToken cancellationToken) =>
        (await list.OfCustomerAsync(http.Caller(), customerId, cancellationToken)).ToOk(merges => new MergesAnswer(merges, Next: null));

    private static async Task<IResult> ListAsync(
        ListMerges list, HttpContext http, CancellationToken cancellationToken, long? before = null, int limit = ListMerges.DefaultLimit) =>
        (await list.HandleAsync(http.Caller(), before, limit, cancellationToken)).ToOk(merges => MergesAnswer.From(merges, limit));

    private static async Task<IResult> FindAsync(long id, ListMerges list, HttpContext http, CancellationToken cancellationToken) =>
        (await list.FindAsync(http.Caller(), id, cancellationToken)).ToOk(merge => merge);

    private static async Task<IResult> UndoAsync(
        long id, UndoMergeRequest? request, UndoMerge undo, HttpContext http, CancellationToken cancellationToken) =>
        (await undo.HandleAsync(http.Caller(), id, request?.Reason, cancellationToken)).ToOk(UndoneMergeAnswer.From);

    // A preview changes nothing, so its customer has no ETag.
    private static MergeResultAnswer Tagged(HttpContext http, MergeResult merged)
    {
        if (merged.Merges.Count > 0)
        {
            http.Tag(merged.Customer);
        }

        return MergeResultAnswer.From(merged);
    }
}
