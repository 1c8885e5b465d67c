using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Jobs;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.StaffConsole.Access;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Jobs;

/// <summary>A page of jobs, the newest first.</summary>
public sealed record JobsModel(JobPage<Job> Jobs);

/// <summary>A job with a page of its customers in one state, or in all.</summary>
public sealed record JobModel(Job Job, JobPage<JobRow> Rows, JobRowState? State);

/// <summary>
/// Shows jobs over many customers: what they would change, how far they are, what they did; confirms, cancels and undoes them.
/// </summary>
internal static class JobPages
{
    public const string Path = "/jobs";

    /// <summary>Jobs that change more customers ask for the password, and all that erase some.</summary>
    public const int MaxWithoutProof = 100;
    private const int PageSize = 50;

    public static void MapJobs(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, ListAsync);
        var job = pages.MapGroup(Path + "/{id:long}");
        job.MapGet("", ShowAsync);
        job.MapPost("/confirm", ConfirmAsync);
        job.MapPost("/cancel", (long id, CancelJob cancel, HttpContext http, CancellationToken cancellationToken) =>
            AnswerAsync(http, id, "job_cancelled", cancel.HandleAsync(http.Caller(), id, cancellationToken)));
        job.MapPost("/undo", (long id, UndoJob undo, HttpContext http, CancellationToken cancellationToken) =>
            AnswerAsync(http, id, "job_undoing", undo.HandleAsync(http.Caller(), id, cancellationToken)))
            .AddEndpointFilter<RequireRecentProof>();
    }

    public static string AddressOf(HttpContext http, long id) =>
        string.Create(CultureInfo.InvariantCulture, $"{ConsoleVisit.Of(http).Path}{Path}/{id}");

    private static async Task<IResult> ListAsync(
        ListJobs list, HttpContext http, CancellationToken cancellationToken, long? cursor = null) =>
        (await list.HandleAsync(http.Caller(), state: null, kind: null, cursor, PageSize, cancellationToken)).ToResult(jobs =>
            PageResults.Page<JobsPage, JobsModel>(new JobsModel(jobs)));

    private static async Task<IResult> ShowAsync(
        long id, ListJobs list, HttpContext http, CancellationToken cancellationToken, string? rows = null, long? cursor = null)
    {
        JobRowState? state = EnumNames<JobRowState>.TryRead(rows ?? "", out var named) ? named : null;
        if (!(await list.FindAsync(http.Caller(), id, cancellationToken)).Succeeded(out var job, out var missing))
        {
            return Answers.Problem(missing);
        }

        return (await list.ListRowsAsync(http.Caller(), id, state, cursor, PageSize, cancellationToken)).ToResult(page =>
            PageResults.Page<JobDetailPage, JobModel>(new JobModel(job, page, state)));
    }

    // What the page showed is what is confirmed: another number is refused by the use case.
    private static async Task<IResult> ConfirmAsync(
        long id, FormInput input, ConfirmJob confirm, ListJobs list, HttpContext http, CancellationToken cancellationToken)
    {
        var count = int.TryParse(input["count"], CultureInfo.InvariantCulture, out var number) ? number : 0;
        var found = await list.FindAsync(http.Caller(), id, cancellationToken);
        var isDangerous = count > MaxWithoutProof || (found.Succeeded(out var job, out _) && job.Kind == JobKind.Erase);
        if (isDangerous && !RequireRecentProof.IsRecent(http))
        {
            return await ConfirmationPages.AskAsync(http, "console_dangerous");
        }

        var result = await confirm.HandleAsync(http.Caller(), id, count, cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused(http, input, error)
            : PageResults.Redirect(http, AddressOf(http, id), "job_confirmed");
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, long id, string notice, Task<Result<Job>> work) =>
        (await work).ToResult(_ => PageResults.Redirect(http, AddressOf(http, id), notice));
}
