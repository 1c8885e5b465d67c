using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Jobs;

/// <summary>The rows of <c>customers.jobs</c>. Every query of a caller is limited to the organization.</summary>
public sealed class JobStore(DatabaseSession database)
{
    private const int SaltBytes = 32;

    private const string InsertSql = $"""
        INSERT INTO customers.jobs (uid, organization_id, kind, state, filter, uids, changes, fields, salt, set_after, set_until, place, total, would_change,
            unchanged, cannot, changed, skipped, undone, kept, created_at, created_by, acting)
        VALUES ($1, $2, $3, 'previewing', $4, $5, $6, $7, $8, 0, (SELECT coalesce(max(id), 0) FROM customers.customers WHERE organization_id = $2), 0,
            0, 0, 0, 0, 0, 0, 0, 0, $9, $10, $11)
        RETURNING {Job.Columns}
        """;

    private const string FindSql = $"SELECT {Job.Columns} FROM customers.jobs WHERE organization_id = $1 AND id = $2";

    private const string ReadSql = $"SELECT {Job.Columns} FROM customers.jobs WHERE id = $1";

    private const string LockWorkSql = $"SELECT {Job.Columns} FROM customers.jobs WHERE id = $1 AND state = $2 FOR UPDATE SKIP LOCKED";

    // What people typed goes with the last step that needs it, and the fingerprints' salt with it.
    private const string MoveSql = $"""
        UPDATE customers.jobs SET state = $2, reason = $3, filter = $4, changes = $5, uids = NULL,
            salt = CASE WHEN $6 THEN NULL ELSE salt END, acting = $7, confirmed_at = $8, confirmed_by = $9, expires_at = $10, finished_at = $11,
            undone_at = $12, place = $13
        WHERE id = $1 RETURNING {Job.Columns}
        """;

    private const string ListSql = $"""
        SELECT {Job.Columns} FROM customers.jobs
        WHERE organization_id = $1 AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR kind = $3) AND ($4::bigint IS NULL OR id < $4)
        ORDER BY id DESC LIMIT $5
        """;

    private const string WorkingSql = $"""
        SELECT {Job.Columns} FROM customers.jobs
        WHERE state IN ('previewing', 'applying', 'undoing') OR (state = 'ready' AND expires_at <= $1)
            OR (state = 'paused' AND confirmed_at <= $1::timestamptz - interval '7 days')
        ORDER BY id
        """;

    internal static NpgsqlParameter StateParameter(JobState state) => new() { Value = EnumNames<JobState>.Of(state) };

    internal async Task<Job> AddAsync(
        Caller caller, JobKind kind, string? filter, Guid[]? uids, JobChanges changes, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var job = (await database.QueryAsync(
            InsertSql, Job.Read, cancellationToken, Guid.CreateVersion7(now), caller.OrganizationId, EnumNames<JobKind>.Of(kind),
            OptionalParameter.Of(filter, NpgsqlDbType.Jsonb), OptionalParameter.Of(uids, NpgsqlDbType.Array | NpgsqlDbType.Uuid),
            OptionalParameter.Of(changes.Json, NpgsqlDbType.Jsonb), changes.Fields.ToArray(),
            RandomNumberGenerator.GetBytes(SaltBytes), now,
            OptionalParameter.Of(caller.UserId ?? caller.Key?.Id, NpgsqlDbType.Uuid),
            OptionalParameter.Of(StoredCaller.Of(caller).ToJson(), NpgsqlDbType.Jsonb))).Single();
        await AddAuditAsync(caller, job, "job.created", now, cancellationToken);
        return job;
    }

    /// <summary>The job, or 404; optionally locked until the transaction ends.</summary>
    internal async Task<Result<Job>> FindAsync(Caller caller, long id, bool forUpdate, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            forUpdate ? $"{FindSql} FOR UPDATE" : FindSql, Job.Read, cancellationToken, caller.OrganizationId, id))
            .FirstOrDefault() is { } job
            ? job
            : JobErrors.NotFound;

    /// <summary>Locks the job for a caller who may run jobs of its kind: 401, 403 and 404.</summary>
    internal async Task<Result<Job>> FindForAsync(Caller caller, long id, JobActor actor, CancellationToken cancellationToken)
    {
        if (JobActor.Refuse(caller) is { } refused)
        {
            return refused;
        }

        if (!(await FindAsync(caller, id, forUpdate: true, cancellationToken)).Succeeded(out var job, out var missing))
        {
            return missing;
        }

        return actor.Refuse(caller, job.Kind) is { } forbidden ? forbidden : job;
    }

    /// <summary>
    /// Locks the job for a batch, as long as it is in this state; null if it is not, or another process works on it at this moment. This
    /// lock is all that keeps processes apart, so a killed one leaves nothing behind.
    /// </summary>
    internal async Task<Job?> LockWorkAsync(Job job, CancellationToken cancellationToken) =>
        (await database.QueryAsync(LockWorkSql, Job.Read, cancellationToken, job.Id, StateParameter(job.State))).FirstOrDefault();

    /// <summary>The job of any organization, for a worker; null where there is none.</summary>
    internal async Task<Job?> ReadAsync(long id, CancellationToken cancellationToken) =>
        (await database.QueryAsync(ReadSql, Job.Read, cancellationToken, id)).FirstOrDefault();

    /// <summary>The newest first, older than <paramref name="before"/>.</summary>
    internal Task<List<Job>> ListAsync(
        Caller caller, JobState? state, JobKind? kind, long? before, int limit, CancellationToken cancellationToken) => database.QueryAsync(
        ListSql, Job.Read, cancellationToken, caller.OrganizationId,
        OptionalParameter.Of(state is { } one ? EnumNames<JobState>.Of(one) : null, NpgsqlDbType.Text),
        OptionalParameter.Of(kind is { } wanted ? EnumNames<JobKind>.Of(wanted) : null, NpgsqlDbType.Text),
        OptionalParameter.Of(before, NpgsqlDbType.Bigint), limit);

    /// <summary>The jobs of all organizations that a worker has something to do for, and those that expired.</summary>
    internal Task<List<Job>> FindWorkAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        database.QueryAsync(WorkingSql, Job.Read, cancellationToken, now);

    /// <summary>Saves a new state of a locked job with its consequences.</summary>
    internal async Task<Job> MoveAsync(Job job, JobState state, string? reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ends = JobStates.HasEnded(state);
        var starts = (job.State, state) is (JobState.Ready, _) or (not JobState.UndoPaused, JobState.Undoing);
        return (await database.QueryAsync(
            MoveSql, Job.Read, cancellationToken, job.Id, JobStates.Follow(job.State, state),
            OptionalParameter.Of(reason, NpgsqlDbType.Text),
            OptionalParameter.Of(ends ? JobFilter.WithoutPersons(job.Filter) : job.Filter, NpgsqlDbType.Jsonb),
            OptionalParameter.Of(ends ? JobValues.WithoutTyped(job.Changes) : job.Changes, NpgsqlDbType.Jsonb), ends,
            OptionalParameter.Of(job.Acting.ToJson(), NpgsqlDbType.Jsonb), OptionalParameter.Of(job.ConfirmedAt, NpgsqlDbType.TimestampTz),
            OptionalParameter.Of(job.ConfirmedBy, NpgsqlDbType.Uuid), OptionalParameter.Of(job.ExpiresAt, NpgsqlDbType.TimestampTz),
            OptionalParameter.Of(ends && state != JobState.Undone ? now : job.FinishedAt, NpgsqlDbType.TimestampTz),
            OptionalParameter.Of(state == JobState.Undone ? now : job.UndoneAt, NpgsqlDbType.TimestampTz), starts ? 0 : job.Place)).Single();
    }

    /// <summary>An audit entry about the job itself.</summary>
    internal Task AddAuditAsync(Caller caller, Job job, string action, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.AddAuditAsync(
            AuditEntry.For(caller with { Cause = Cause.Job(job.Id) }, action, "job", job.Uid, now, job.OrganizationId), cancellationToken);
}

/// <summary>The errors of jobs.</summary>
internal static class JobErrors
{
    public static readonly Error NotFound = Error.NotFound("job_not_found", "There's no such job. GET /api/v1/jobs/ lists them.");

    public static Error WrongState(Job job, string wanted) => Error.Conflict(
        "job_state", $"Job {job.Id} is {EnumNames<JobState>.Of(job.State)}, so you can't {wanted} it.");

    public static Error WrongCount(Job job, int count) => Error.Conflict(
        "job_count", $"Job {job.Id} would change {job.Rows.WouldChange} customers, not {count}. Check its rows, then confirm that number.");
}
