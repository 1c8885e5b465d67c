using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Jobs;

/// <summary>What the job would do to a customer, and the reason where it would do nothing: the code of an error.</summary>
public readonly record struct JobDecision(JobRowState State, string? Reason = null)
{
    public static JobDecision WouldChange { get; } = new(JobRowState.WouldChange);

    public static JobDecision Unchanged { get; } = new(JobRowState.Unchanged);

    public static JobDecision Cannot(string reason) => new(JobRowState.Cannot, reason);
}

/// <summary>A kind of job. Preview, application and undo are the same for all; a kind knows its rules. Modules register theirs.</summary>
public interface IJobKind
{
    JobKind Kind { get; }

    /// <summary>The maximum number of customers of one job.</summary>
    int MaxCustomers => int.MaxValue;

    /// <summary>The maximum number of customers in one transaction; the worker adapts it between 50 and this.</summary>
    int MaxBatch => BatchSize.Max;

    /// <summary>Null if the caller may do this to each customer alone; otherwise the error. It is asked before each batch.</summary>
    Error? Refuse(Caller caller);

    /// <summary>Reads the changes of a request. 422 naming the fields, as the request names them.</summary>
    Result<JobChanges> ReadChanges(string json);

    /// <summary>
    /// Decides for each customer, in their order. The customers are read for a change and may be changed by this, but it writes nothing.
    /// </summary>
    Task<IReadOnlyList<JobDecision>> DecideAsync(
        Caller caller, JobChanges changes, IReadOnlyList<Customer> customers, CancellationToken cancellationToken);

    /// <summary>
    /// Writes customers that are locked and would change, inside the transaction of the batch. Returns the reasons, by uid, for those that
    /// could not be written.
    /// </summary>
    Task<IReadOnlyDictionary<Guid, string>> WriteAsync(
        Caller caller, JobChanges changes, IReadOnlyList<Customer> customers, CancellationToken cancellationToken);
}

/// <summary>The changes of a job.</summary>
/// <param name="Json">As they are stored.</param>
/// <param name="Fields">The names of what is set, for people.</param>
/// <param name="Touched">The fields whose values must be the previewed ones when the job is applied.</param>
public sealed record JobChanges(string Json, IReadOnlyList<string> Fields, IReadOnlyList<Field<Customer>> Touched)
{
    internal const string None = "{}";

    /// <summary>The values to set, for a kind that sets some.</summary>
    internal CustomerChanges Values { get; init; } = new();

    /// <summary>The tags to add or remove.</summary>
    internal IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The changes of a kind that takes none. 422 where the request has some.</summary>
    public static Result<JobChanges> Empty(string json, IReadOnlyList<Field<Customer>> touched) =>
        json == None ? new JobChanges(None, [], touched) : Error.Invalid("changes", "This kind of job takes no changes.");
}
