using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Accounts.Database;
using Patron.Accounts.Organizations;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Imports;
using Patron.Shared.Results;

namespace Patron.Accounts.Users;

/// <summary>
/// Imports accounts of another system with their password hashes, as customers of the home organization. Customer records follow as after a
/// registration, and no mail is sent. A line that breaks a rule, or whose address or username is taken, is rejected alone. Memory does not
/// grow with the number of lines. Errors: 400 a line was rejected in an all-or-nothing import.
/// </summary>
public sealed partial class ImportUsers(
    AccountsContext dbContext, ICustomerRecords records, DatabaseSession database, HomeOrganization home, TimeProvider time,
    ILogger<ImportUsers> logger)
{
    /// <summary>Lines per transaction.</summary>
    public const int BatchSize = 500;

    // Any constant that is the same in every process.
    private const long ImportLock = 0x5061_7455;

    private static readonly Error Conflict = Error.Rule("conflict", "Someone else changed the same data at the same time.");

    /// <summary>
    /// Imports the lines in batches and reports the result of each, in order, after its batch is committed. With <paramref
    /// name="allOrNothing"/> there is one transaction, and the reported results are valid only if it succeeds.
    /// </summary>
    public async Task<Result<Unit>> HandleAsync(
        Caller caller, IAsyncEnumerable<ImportLine<ImportedAccount>> lines, bool allOrNothing, Action<ImportedLine> report,
        CancellationToken cancellationToken)
    {
        if (!allOrNothing)
        {
            await ImportAsync(caller, lines, report, cancellationToken);
            return default(Unit);
        }

        var rejected = 0L;
        await using var transaction = await database.BeginAsync(cancellationToken);
        await ImportAsync(caller, lines, line => { rejected += line.Rejection is null ? 0 : 1; report(line); }, cancellationToken);
        if (rejected > 0)
        {
            return ImportRefusals.NotEveryLine;
        }

        return await transaction.CommitAsync(default(Unit), cancellationToken);
    }

    private async Task ImportAsync(
        Caller caller, IAsyncEnumerable<ImportLine<ImportedAccount>> lines, Action<ImportedLine> report,
        CancellationToken cancellationToken)
    {
        await foreach (var batch in lines.Chunk(BatchSize).WithCancellation(cancellationToken))
        {
            var users = batch.Select(line => new ParsedLine(line.Number, ToUser(line.Content), line.Raw)).ToList();
            foreach (var line in await SaveBatchAsync(caller, users, cancellationToken))
            {
                report(line);
            }
        }
    }

    // A failed batch is rolled back and saved in halves, to find the line that fails. An all-or-nothing import fails as a whole.
    private async Task<IReadOnlyList<ImportedLine>> SaveBatchAsync(
        Caller caller, List<ParsedLine> lines, CancellationToken cancellationToken)
    {
        try
        {
            Result<IReadOnlyList<ImportedLine>> saved;
            do
            {
                // Another request may take an address between check and save. The unique index then reports it, and the next check finds
                // it.
                saved = await TrySaveAsync(caller, lines, cancellationToken);
            }
            while (saved.Error is not null);

            database.ClearChangeTrackers();
            return saved.Value;
        }
        catch (Exception exception) when (!database.IsInTransaction && exception is not OperationCanceledException
            && !DatabaseFailure.IsUnavailable(exception))
        {
            if (lines.Count == 1)
            {
                LogFailed(exception, lines[0].Number);
                return [new ImportedLine(lines[0].Number, ImportRefusals.Unexpected(exception)) { Raw = lines[0].Raw }];
            }

            var half = lines.Count / 2;
            return [
                .. await SaveBatchAsync(caller, lines[..half], cancellationToken),
                .. await SaveBatchAsync(caller, lines[half..], cancellationToken)];
        }
    }

    private Result<User> ToUser(Result<ImportedAccount> content) =>
        content.Succeeded(out var account, out var error) ? account.ToUser(time.GetUtcNow()) : error;

    // A deadlock can occur with people who register with the address of one of these lines and the username of another.
    private async Task<Result<IReadOnlyList<ImportedLine>>> TrySaveAsync(
        Caller caller, List<ParsedLine> lines, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        try
        {
            return await transaction.CommitAsync(await SaveAsync(caller, lines, cancellationToken), cancellationToken);
        }
        catch (Exception exception) when (
            exception.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected })
        {
            return Conflict;
        }
    }

    private async Task<Result<IReadOnlyList<ImportedLine>>> SaveAsync(
        Caller caller, List<ParsedLine> lines, CancellationToken cancellationToken)
    {
        await LockImportsAsync(cancellationToken);
        var used = await FindUsedNamesAsync(lines, cancellationToken);
        var results = new List<ImportedLine>(lines.Count);
        var added = new List<User>(lines.Count);
        foreach (var (number, content, raw) in lines)
        {
            var rejection = content.Succeeded(out var user, out var error) ? used.Reserve(user, number) : error.Sentence;
            results.Add(new ImportedLine(number, rejection) { Raw = raw });
            if (rejection is null)
            {
                Add(caller, user!);
                added.Add(user!);
            }
        }

        if (await dbContext.TrySaveAsync(cancellationToken) is { } conflict)
        {
            return conflict;
        }

        await records.RegisteredAsync(caller, added, cancellationToken);
        return results;
    }

    // Imports of the same people would lock rows in different orders. Batches therefore run one at a time, without a timeout.
    private async Task LockImportsAsync(CancellationToken cancellationToken)
    {
        var previous = dbContext.Database.GetCommandTimeout();
        dbContext.Database.SetCommandTimeout(0);
        await dbContext.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({ImportLock})", cancellationToken);
        dbContext.Database.SetCommandTimeout(previous);
    }

    private async Task<UsedNames> FindUsedNamesAsync(List<ParsedLine> lines, CancellationToken cancellationToken)
    {
        var users = lines.Where(line => line.User.Error is null).Select(line => line.User.Value).ToList();
        var emails = users.Select(user => user.NormalizedEmail).ToArray();
        var userNames = users.Where(user => user.NormalizedUserName is not null).Select(user => user.NormalizedUserName).ToArray();
        return new UsedNames(
            await dbContext.Users.Where(user => emails.Contains(user.NormalizedEmail)).Select(user => user.NormalizedEmail!)
                .ToListAsync(cancellationToken),
            await dbContext.Users.Where(user => userNames.Contains(user.NormalizedUserName)).Select(user => user.NormalizedUserName!)
                .ToListAsync(cancellationToken));
    }

    private void Add(Caller caller, User user)
    {
        var now = user.UpdatedAt;
        dbContext.Users.Add(user);
        dbContext.Members.Add(new OrganizationMember(home.Id, user.Id, OrganizationRole.Customer, now));
        dbContext.Audit.Add(AuditEntry.For(caller, "account.imported", "account", user.Id, now, home.Id));
    }

    [LoggerMessage(LogLevel.Error, "Line {Line} could not be imported")]
    private partial void LogFailed(Exception exception, long line);

    private sealed record ParsedLine(long Number, Result<User> User, ReadOnlyMemory<byte> Raw);

    /// <summary>The addresses and usernames that are taken: by existing accounts and earlier lines of the batch.</summary>
    private sealed class UsedNames(IEnumerable<string> emails, IEnumerable<string> userNames)
    {
        // The line that has it; null for an existing account.
        private readonly Dictionary<string, long?> emails = emails.ToDictionary(email => email, _ => (long?)null, StringComparer.Ordinal);
        private readonly Dictionary<string, long?> userNames =
            userNames.ToDictionary(name => name, _ => (long?)null, StringComparer.Ordinal);

        /// <summary>Reserves address and username for the line. Returns null if both were free, else a sentence.</summary>
        public string? Reserve(User user, long line)
        {
            if (emails.TryGetValue(user.NormalizedEmail!, out var other))
            {
                return other is null ? "An account with this email address already exists." : $"Line {other} has the same email.";
            }

            if (user.NormalizedUserName is { } name && !userNames.TryAdd(name, line))
            {
                return userNames[name] is { } earlier ? $"Line {earlier} has the same username." : "Another account has this username.";
            }

            emails.Add(user.NormalizedEmail!, line);
            return null;
        }
    }
}
