using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Jobs;
using Patron.Dialects.OpenApi;
using Patron.Shared;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>Jobs: one change of many customers, with a preview, a confirmation and an undo.</summary>
internal static class JobsEndpoints
{
    private const string Rights =
        "For staff, and API keys with the scope customers:bulk and that of what the job does; erase is for those who may erase one customer.";

    private const string Example = """
        {"id": 42, "kind": "add_tags", "state": "ready", "reason": null, "filter": {"query": null, "first_name": null, "last_name": null, "email": null, "phone": null, "company_name": null, "city": "Boston", "state": null, "country": null, "is_active": true, "is_verified": null, "status": null, "customer_type": null, "tags": null, "created_after": null, "created_before": null, "filter": null, "segment": null}, "changes": {"tags": "spring"}, "fields": ["tags"], "rows": {"total": 1250, "would_change": 1234, "unchanged": 15, "cannot": 1, "changed": 0, "skipped": 0, "undone": 0, "kept": 0}, "can_undo": false, "created_at": "2026-11-21T09:00:00Z", "created_by": "0198c0de-1111-7000-8000-000000000001", "expires_at": "2026-11-21T10:00:01Z", "confirmed_at": null, "confirmed_by": null, "finished_at": null, "undone_at": null}
        """;

    private const string RowsExample = """
        [{"customer_id": "CUST_A1B2C3D4", "uid": "0198c0de-4444-7000-8000-000000000001", "state": "cannot", "reason": "too_many_tags", "fields": []}]
        """;

    public static void MapJobs(this IEndpointRouteBuilder app)
    {
        var jobs = app.MapGroup("/api/v1/jobs").WithTags("Jobs").RequireAuthorization()
            .ServedBy(ProcessRole.All, ProcessRole.Customers).AllowCompression();
        jobs.MapPost("/", CreateAsync)
            .Describe(
                "create_job", "Create a job",
                $"{Rights} A preview decides for each customer what would change, in the background; nothing is changed before you confirm. Choose customers by filter, or by up to {CreateJob.MaxIds} ids. update sets the fields in changes, add_tags and remove_tags take {{\"tags\": \"a,b\"}}, verify takes {{\"email\": true}}, {{\"phone\": true}} or both, and deactivate, restore, invite and erase take none. Names, email, reference and tax id can't be changed in bulk, and consent can only be withdrawn. invite and erase can't be undone; erase takes at most 10,000 customers.")
            .TakesExample("""{"kind": "add_tags", "filter": {"city": "Boston", "is_active": true}, "changes": {"tags": "spring"}}""")
            .Answers<CreatedJobAnswer>(201, "The job, and the ids that match no customer.", $$"""{"job": {{Example}}, "not_found": []}""")
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
        jobs.MapGet("/", ListAsync)
            .Describe("list_jobs", "List jobs", "For staff and API keys with the scope customers:bulk. The newest first; Link with rel=\"next\" leads to the next page.")
            .Answers<IEnumerable<JobAnswer>>(200, "A page of jobs.", $"[{Example}]")
            .Fails(401, 403, 404, 422, 503);
        jobs.MapGet("/{id:long}", FindAsync)
            .Describe("get_job", "Get a job", "For staff and API keys with the scope customers:bulk: its state, and how far it is.")
            .Answers<JobAnswer>(200, "The job.", Example)
            .Fails(401, 403, 404, 503);
        jobs.MapGet("/{id:long}/rows", ListRowsAsync)
            .Describe(
                "list_job_rows", "List customers of a job",
                "For staff and API keys with the scope customers:bulk: what would become, or has become, of each customer, and why. Link with rel=\"next\" leads to the next page.")
            .Answers<IEnumerable<JobRowAnswer>>(200, "A page of customers.", RowsExample)
            .Fails(401, 403, 404, 422, 503);
        jobs.MapPost("/{id:long}/confirm", ConfirmAsync)
            .Describe(
                "confirm_job", "Confirm a job",
                $"{Rights} Within an hour of the preview, with the number of customers that would change; another number is refused. A customer is changed if it still matches and the fields are as previewed; the rest is listed. Confirming again gives the same answer, and continues a paused job.")
            .TakesExample("""{"count": 1234}""")
            .Answers<JobAnswer>(202, "The job, which is being applied.", Example)
            .Fails(400, 401, 403, 404, 409, 413, 415, 422, 503);
        jobs.MapPost("/{id:long}/cancel", CancelAsync)
            .Describe("cancel_job", "Cancel a job", $"{Rights} Customers that it has changed stay changed and can be undone.")
            .Answers<JobAnswer>(200, "The job.", Example)
            .Fails(401, 403, 404, 409, 503);
        jobs.MapPost("/{id:long}/undo", UndoAsync)
            .Describe(
                "undo_job", "Undo a job",
                $"{Rights} Takes back, in the background, the fields that still have the job's value and the tags that the job itself changed. The rows list what is kept, and why. Nothing of erased customers comes back.")
            .Answers<JobAnswer>(202, "The job, which is being undone.", Example)
            .Fails(401, 403, 404, 409, 503);
    }

    private static async Task<IResult> CreateAsync(
        JobRequest request, CreateJob create, HttpContext http, CancellationToken cancellationToken) =>
        (await create.HandleAsync(http.Caller(), request.ToNewJob(), cancellationToken)).ToResult(job => TypedResults.Created(
            $"/api/v1/jobs/{job.Id}/", new CreatedJobAnswer(JobAnswer.From(job), job.NotFound)));

    private static async Task<IResult> ListAsync(
        ListJobs list, HttpContext http, CancellationToken cancellationToken, string? state = null, string? kind = null,
        long? cursor = null, int limit = ListJobs.DefaultLimit)
    {
        var errors = new FieldErrors();
        var (wantedState, wantedKind) = (Read<JobState>("state", state, errors), Read<JobKind>("kind", kind, errors));
        return errors.Any
            ? Answers.Problem(errors.ToError())
            : (await list.HandleAsync(http.Caller(), wantedState, wantedKind, cursor, limit, cancellationToken))
                .ToOk(page => http.WithNext(page.Next, page.Items.Select(JobAnswer.From)));
    }

    private static async Task<IResult> FindAsync(long id, ListJobs list, HttpContext http, CancellationToken cancellationToken) =>
        (await list.FindAsync(http.Caller(), id, cancellationToken)).ToOk(JobAnswer.From);

    private static async Task<IResult> ListRowsAsync(
        long id, ListJobs list, HttpContext http, CancellationToken cancellationToken, string? state = null, long? cursor = null,
        int limit = ListJobs.DefaultLimit)
    {
        var errors = new FieldErrors();
        var wanted = Read<JobRowState>("state", state, errors);
        return errors.Any
            ? Answers.Problem(errors.ToError())
            : (await list.ListRowsAsync(http.Caller(), id, wanted, cursor, limit, cancellationToken))
                .ToOk(page => http.WithNext(page.Next, page.Items.Select(JobRowAnswer.From)));
    }

    private static async Task<IResult> ConfirmAsync(
        long id, JobConfirmation request, ConfirmJob confirm, HttpContext http, CancellationToken cancellationToken) =>
        (await confirm.HandleAsync(http.Caller(), id, request.Count, cancellationToken)).ToResult(ToAccepted);

    private static async Task<IResult> CancelAsync(long id, CancelJob cancel, HttpContext http, CancellationToken cancellationToken) =>
        (await cancel.HandleAsync(http.Caller(), id, cancellationToken)).ToOk(JobAnswer.From);

    private static async Task<IResult> UndoAsync(long id, UndoJob undo, HttpContext http, CancellationToken cancellationToken) =>
        (await undo.HandleAsync(http.Caller(), id, cancellationToken)).ToResult(ToAccepted);

    private static IResult ToAccepted(Job job) => TypedResults.Accepted($"/api/v1/jobs/{job.Id}/", JobAnswer.From(job));

    private static T? Read<T>(string name, string? text, FieldErrors errors)
        where T : struct, Enum
    {
        if (text is not null && EnumNames<T>.TryRead(text, out var value))
        {
            return value;
        }

        if (text is not null)
        {
            errors.Add(name, EnumNames<T>.Rule);
        }

        return null;
    }
}
