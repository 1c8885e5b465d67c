using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Jobs;
using Patron.Customers.Segments;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.StaffConsole.Access;
using Patron.StaffConsole.Pages.Customers;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Jobs;

/// <summary>A job to be made: for whom, what it can do, and the kind once it is chosen.</summary>
public sealed record NewJobModel(JobChoice Choice, Segment? Segment, IReadOnlyList<JobKind> Kinds, JobKind? Kind);

/// <summary>Reads the model of a job to be made. 404 for an unknown segment.</summary>
internal sealed class ReadNewJob(CreateJob create, ListSegments segments)
{
    public async Task<Result<NewJobModel>> HandleAsync(
        Caller caller, JobChoice choice, JobKind? kind, CancellationToken cancellationToken)
    {
        var kinds = create.FindKinds(caller);
        JobKind? chosen = kind is { } wanted && kinds.Contains(wanted) ? wanted : null;
        return choice.Segment is not { } segment
            ? new NewJobModel(choice, Segment: null, kinds, chosen)
            : (await segments.FindAsync(caller, segment, cancellationToken)).Select(
                counted => new NewJobModel(choice, counted.Segment, kinds, chosen));
    }
}

/// <summary>Makes a job for customers of the list: first what it does, then its values. Its own page shows what it would change.</summary>
internal static class NewJobPages
{
    public const string Path = JobPages.Path + "/new";
    public const string Ticked = "ticked";
    public const string Everybody = "all";

    public static void MapNewJob(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, ShowAsync);
        pages.MapPost(Path, CreateAsync);
    }

    private static async Task<IResult> ShowAsync(
        ReadNewJob read, HttpContext http, CancellationToken cancellationToken, string? kind = null)
    {
        var choice = JobChoice.Of(http.Request.Query);
        if (!choice.IsMade)
        {
            return PageResults.Redirect(http, ConsoleVisit.Of(http).Path + ListState.Read(http).Address(), "tick_first");
        }

        return (await read.HandleAsync(http.Caller(), choice, KindOf(kind ?? ""), cancellationToken)).ToResult(
            PageResults.Page<NewJobPage, NewJobModel>);
    }

    private static async Task<IResult> CreateAsync(
        FormInput input, CreateJob create, HttpContext http, CancellationToken cancellationToken)
    {
        var choice = JobChoice.Of(input);
        if (KindOf(input["kind"]) is not { } kind || !choice.IsMade)
        {
            return PageResults.Redirect(http, ConsoleVisit.Of(http).Path + CustomerRecordPages.Path, "tick_first");
        }

        var wanted = new NewJob(kind, choice.Criteria, choice.IsAll ? null : choice.Ids, JobChangesForm.ToJson(kind, input));
        var result = await create.HandleAsync(http.Caller(), wanted, cancellationToken);
        return result.Succeeded(out var job, out var error)
            ? PageResults.Redirect(http, JobPages.AddressOf(http, job.Id))
            : PageResults.Refused(http, input, JobChangesForm.AsInForm(error));
    }

    private static JobKind? KindOf(string name) => EnumNames<JobKind>.TryRead(name, out var kind) ? kind : null;
}
