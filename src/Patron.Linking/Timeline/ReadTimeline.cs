using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.Timeline;

/// <summary>The requested part of a timeline.</summary>
public sealed record TimelineQuery
{
    public const int DefaultLimit = 50;

    public const int MaxLimit = 200;

    /// <summary>Only entries of these kinds; all where it is empty.</summary>
    public IReadOnlyList<TimelineKind> Kinds { get; init; } = [];

    /// <summary>The <see cref="TimelinePage.Next"/> of the page before.</summary>
    public string? Cursor { get; init; }

    public int Limit { get; init; } = DefaultLimit;
}

/// <summary>
/// Reads what happened to a customer, newest first: the record, records merged into it, its account, consents, offers, invitations,
/// requests, comments and mails. For staff and keys with <c>customers:read</c> (403 for others). Staff of home see the whole account with
/// sign-ins, mails, addresses and devices; other staff see changes of the account since it was linked. 404 for a record that the caller
/// cannot see, 422 for <c>cursor</c> and <c>limit</c>.
/// </summary>
public sealed class ReadTimeline(FindCustomer find, DatabaseSession database, HomeOrganization home)
{
    // What a linked record shows of its account, and so the staff of any organization.
    private static readonly string[] SharedFields = ["email", "first_name", "last_name", "phone_number", "language"];

    public async Task<Result<TimelinePage>> HandleAsync(
        Caller caller, string reference, TimelineQuery query, CancellationToken cancellationToken)
    {
        if ((CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) ?? Check(query)) is { } refused)
        {
            return refused;
        }

        var found = await find.HandleAsync(caller, new CustomerLookup.ById(reference), cancellationToken);
        if (!found.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        var isHome = caller.IsStaffOf(home.Id);
        var after = TimelineCursor.TryParse(query.Cursor, out var place) ? place : TimelineCursor.Start;
        var kinds = query.Kinds.Count == 0 ? Enum.GetValues<TimelineKind>() : query.Kinds;
        var rows = await database.QueryAsync(
            TimelineSql.Page, row => Read(row, customer, isHome), cancellationToken,
            customer.OrganizationId, customer.Uid, customer.UserId ?? Guid.Empty, BeginOfAccount(customer, isHome), isHome, after.At,
            after.Source, after.Id, query.Limit + 1, kinds.Select(EnumNames<TimelineKind>.Of).ToArray());
        var hasMore = rows.Count > query.Limit;
        return new TimelinePage(hasMore ? rows[..query.Limit] : rows, hasMore ? rows[query.Limit - 1].Id : null);
    }

    private static Error? Check(TimelineQuery query)
    {
        var errors = new FieldErrors();
        if (query.Cursor is not null && !TimelineCursor.TryParse(query.Cursor, out _))
        {
            errors.Add("cursor", "Must be the cursor of a Link header.");
        }

        if (query.Limit is < 1 or > TimelineQuery.MaxLimit)
        {
            errors.Add("limit", $"Must be a number from 1 to {TimelineQuery.MaxLimit}.");
        }

        return errors.Any ? errors.ToError() : null;
    }

    private static DateTimeOffset BeginOfAccount(Customer customer, bool isHome) =>
        isHome ? DateTimeOffset.UnixEpoch : customer.LinkedAt ?? DateTimeOffset.UnixEpoch;

    private static TimelineEntry Read(RowCursor row, Customer customer, bool isHome)
    {
        var (source, id, at) = (row.Int(), row.Long(), row.Time());
        var (kind, action, subject) = (row.EnumValue<TimelineKind>(), row.Text(), row.Uuid());
        var (user, key, cause) = (row.OptionalUuid(), row.OptionalUuid(), row.OptionalText());
        var changes = AuditValues.Read(row.OptionalText(), row.OptionalText());
        var (address, device) = (row.OptionalText(), Device.Describe(row.OptionalText()));
        var (comment, text, state, stateAt) = (row.OptionalUuid(), row.OptionalText(), row.OptionalText(), row.OptionalTime());
        var name = row.OptionalText();

        // Who changed an account elsewhere is no business of other organizations.
        var isForeign = !isHome && subject == customer.UserId;
        var actor = TimelineActor.Of(user, key, cause, name, customer.UserId);
        return new TimelineEntry(
            new TimelineCursor(at, source, id).ToString(), kind, action, at,
            isForeign && actor.Kind != ActorKind.Customer ? actor with { Id = null, Name = null } : actor, cause,
            isForeign ? [.. changes.Where(change => SharedFields.Contains(change.Field, StringComparer.Ordinal))] : changes)
        {
            Subject = subject,
            Comment = comment,
            Text = text,
            State = state,
            StateAt = stateAt,
            Origin = isHome && address is not null ? new EntryOrigin(address, device) : null,
        };
    }
}
