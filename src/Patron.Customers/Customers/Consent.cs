using Npgsql;
using NpgsqlTypes;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Customers;

/// <summary>Through whom a consent was given or withdrawn.</summary>
public enum ConsentSource
{
    Customer,
    Staff,
    Api,
    System,
}

/// <summary>One change of a marketing consent, kept with time and source.</summary>
internal sealed class Consent
{
    private Consent()
    {
    }

    public long Id { get; private set; }

    public Guid CustomerUid { get; private set; }

    /// <summary>The field's name: <c>marketing_emails</c>, <c>marketing_sms</c>.</summary>
    public string Kind { get; private set; } = "";

    public bool Value { get; private set; }

    public DateTimeOffset At { get; private set; }

    public ConsentSource Source { get; private set; }

    public Guid? ActorUserId { get; private set; }

    public Guid? ActorKeyId { get; private set; }

    /// <summary>The consents among the changed fields, as the customer has them now.</summary>
    public static IEnumerable<Consent> Of(Customer customer, IEnumerable<CustomerField> changed, Caller caller) =>
        changed.Where(field => field.IsConsent).Select(field => new Consent
        {
            CustomerUid = customer.Uid,
            Kind = field.Name,
            Value = field.Read(customer.Details) is true,
            At = customer.UpdatedAt,
            Source = SourceOf(customer.UserId, caller),
            ActorUserId = caller.UserId,
            ActorKeyId = caller.Key?.Id,
        });

    /// <summary>The statement that enters it, for those who write without EF.</summary>
    public NpgsqlBatchCommand InsertCommand() => new(
        "INSERT INTO customers.consents (customer_uid, kind, value, at, source, actor_user_id, actor_key_id) VALUES ($1, $2, $3, $4, $5, $6, $7)")
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = CustomerUid },
            new NpgsqlParameter<string> { TypedValue = Kind },
            new NpgsqlParameter<bool> { TypedValue = Value },
            new NpgsqlParameter<DateTimeOffset> { TypedValue = At },
            new NpgsqlParameter<string> { TypedValue = EnumText<ConsentSource>.ToText(Source) },
            OptionalParameter.Of(ActorUserId, NpgsqlDbType.Uuid),
            OptionalParameter.Of(ActorKeyId, NpgsqlDbType.Uuid),
        },
    };

    /// <summary>Through whom the caller gives a consent on the record of this account, or of none.</summary>
    public static ConsentSource SourceOf(Guid? user, Caller caller) => caller switch
    {
        { Key: not null } => ConsentSource.Api,
        { UserId: null } => ConsentSource.System,
        { UserId: var self } => self == user ? ConsentSource.Customer : ConsentSource.Staff,
    };
}
