using Patron.Shared.Callers;

namespace Patron.Customers.Erp;

/// <summary>What became of a customer's request.</summary>
public enum ChangeAnswer
{
    /// <summary>The ERP has the value by now.</summary>
    Done,
    Declined,

    /// <summary>The customer asked for another value since.</summary>
    Replaced,
}

/// <summary>A customer wants a field of theirs changed that the ERP owns: staff change it there, or decline (linking.md, 'Ownership').</summary>
public sealed class ChangeRequest
{
    private ChangeRequest()
    {
    }

    internal ChangeRequest(Customers.Customer customer, string field, string? value, Caller caller, DateTimeOffset now) =>
        (OrganizationId, CustomerUid, Field, Value, AskedAt, AskedBy) = (customer.OrganizationId, customer.Uid, field, value, now, caller.UserId);

    public long Id { get; private set; }

    public Guid OrganizationId { get; private set; }

    public Guid CustomerUid { get; private set; }

    /// <summary>The field's name, as callers spell it.</summary>
    public string Field { get; private set; } = "";

    /// <summary>The wanted value; null wants it empty.</summary>
    public string? Value { get; private set; }

    public DateTimeOffset AskedAt { get; private set; }

    public Guid? AskedBy { get; private set; }

    /// <summary>Null as long as it waits for staff.</summary>
    public ChangeAnswer? Answer { get; private set; }

    public DateTimeOffset? AnsweredAt { get; private set; }

    public Guid? AnsweredBy { get; private set; }
}
