using System.Text.Json;
using Patron.Customers.Customers;
using Patron.Customers.Jobs;
using Patron.Customers.Search;

namespace Patron.Dialects.Customers;

/// <summary>
/// A new job: its kind, the customers by criteria or by name, and the values to set. An empty filter means all customers of the
/// organization.
/// </summary>
public sealed record JobRequest(
    JobKind Kind, JobFilterRequest? Filter = null, IReadOnlyList<string>? Ids = null, JsonElement? Changes = null)
{
    internal NewJob ToNewJob() => new(Kind, Filter?.ToCriteria(), Ids, Changes?.GetRawText() ?? "{}");
}

/// <summary>The criteria of a search, and a few more. All that are given must hold.</summary>
public sealed record JobFilterRequest
{
    public string? Query { get; init; }

    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public string? Email { get; init; }

    public string? Phone { get; init; }

    public string? CompanyName { get; init; }

    public string? City { get; init; }

    public string? State { get; init; }

    public string? Country { get; init; }

    public bool? IsActive { get; init; }

    public bool? IsVerified { get; init; }

    public CustomerStatus? Status { get; init; }

    public CustomerType? CustomerType { get; init; }

    /// <summary>Tags separated by commas; a customer with any of them matches.</summary>
    public string? Tags { get; init; }

    public DateTimeOffset? CreatedAfter { get; init; }

    public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>Terms such as <c>city:harare -tag:old</c>.</summary>
    public string? Filter { get; init; }

    /// <summary>The id of a segment, whose filter must hold too.</summary>
    public Guid? Segment { get; init; }

    public CustomerCriteria ToCriteria() => new()
    {
        Query = Query,
        FirstName = FirstName,
        LastName = LastName,
        Email = Email,
        Phone = Phone,
        CompanyName = CompanyName,
        City = City,
        State = State,
        Country = Country,
        IsActive = IsActive,
        IsVerified = IsVerified,
        Status = Status,
        CustomerType = CustomerType,
        Tags = CustomerTags.Parse(Tags),
        CreatedAfter = CreatedAfter,
        CreatedBefore = CreatedBefore,
        Filter = Filter,
        Segment = Segment,
    };

    internal static JobFilterRequest From(CustomerCriteria criteria) => new()
    {
        Query = criteria.Query,
        FirstName = criteria.FirstName,
        LastName = criteria.LastName,
        Email = criteria.Email,
        Phone = criteria.Phone,
        CompanyName = criteria.CompanyName,
        City = criteria.City,
        State = criteria.State,
        Country = criteria.Country,
        IsActive = criteria.IsActive,
        IsVerified = criteria.IsVerified,
        Status = criteria.Status,
        CustomerType = criteria.CustomerType,
        Tags = CustomerTags.Format(criteria.Tags),
        CreatedAfter = criteria.CreatedAfter,
        CreatedBefore = criteria.CreatedBefore,
        Filter = criteria.Filter,
    };
}

/// <summary>The number of customers that the caller expects to be changed.</summary>
public sealed record JobConfirmation(int Count);

/// <summary>A job as it is at this moment.</summary>
public record JobAnswer(
    long Id, JobKind Kind, JobState State, string? Reason, JobFilterRequest? Filter, JsonElement Changes, IReadOnlyList<string> Fields,
    JobFiguresAnswer Rows, bool CanUndo, DateTimeOffset CreatedAt, Guid? CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? ConfirmedAt,
    Guid? ConfirmedBy, DateTimeOffset? FinishedAt, DateTimeOffset? UndoneAt)
{
    public static JobAnswer From(Job job) => new(
        job.Id, job.Kind, job.State, job.Reason, job.Criteria is { } criteria ? JobFilterRequest.From(criteria) : null,
        JsonElement.Parse(job.Changes), job.Fields, JobFiguresAnswer.From(job.Rows), job.CanUndo, job.CreatedAt, job.CreatedBy,
        job.State == JobState.Ready ? job.ExpiresAt : null, job.ConfirmedAt, job.ConfirmedBy, job.FinishedAt, job.UndoneAt);
}

/// <summary>A new job, and the given names that match no customer.</summary>
public sealed record CreatedJobAnswer(JobAnswer Job, IReadOnlyList<string> NotFound);

/// <summary>How many customers of the job are in which state; would_change is the number to confirm.</summary>
public sealed record JobFiguresAnswer(
    int Total, int WouldChange, int Unchanged, int Cannot, int Changed, int Skipped, int Undone, int Kept)
{
    public static JobFiguresAnswer From(JobFigures rows) => new(
        rows.Total, rows.WouldChange, rows.Unchanged, rows.Cannot, rows.Changed, rows.Skipped, rows.Undone, rows.Kept);
}

/// <summary>A customer of a job; <c>customer_id</c> is null once the record is erased or merged into another one.</summary>
public sealed record JobRowAnswer(string? CustomerId, Guid Uid, JobRowState State, string? Reason, IReadOnlyList<string> Fields)
{
    public static JobRowAnswer From(JobRow row) => new(row.CustomerId, row.CustomerUid, row.State, row.Reason, row.Fields);
}
