using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Schema;

namespace Patron.Customers.Merges;

/// <summary>How it was established that two records are one person's, or one company's.</summary>
public enum MergeEvidence
{
    /// <summary>Staff, or a program, said so.</summary>
    Staff,

    /// <summary>An account has proven the address of the other record, or its owner accepted an offer.</summary>
    Proof,

    /// <summary>Staff settled a partner of the ERP that was replaced by another one.</summary>
    Erp,
}

/// <summary>Why a merged record has a value.</summary>
public enum MergeReason
{
    /// <summary>Only one of the records has a value.</summary>
    OnlyValue,

    /// <summary>Both have a value, or neither decides: the survivor's stays.</summary>
    Survivor,

    /// <summary>The caller chose it.</summary>
    Chosen,
    OwnedByErp,
    OwnedByAccount,

    /// <summary>It has the values of both.</summary>
    Combined,

    /// <summary>The newest statement of a customer with a proven address.</summary>
    NewestConsent,

    /// <summary>No statement of a customer with a proven address: both records must say yes.</summary>
    BothMustAgree,
}

/// <summary>The value of one field after a merge: whether it is the absorbed record's, and why.</summary>
internal sealed record FieldDecision(Field<Customer> Field, bool IsAbsorbed, MergeReason Reason);

/// <summary>
/// What a merge of two records makes (linking.md, 'Merge'): the survivor afterwards, each field with its reason, and the primary address
/// that becomes an additional one. A function of both records, so that an undo can compute all other merges again.
/// </summary>
internal sealed class MergePlan
{
    private readonly List<FieldDecision> decisions = [];

    private MergePlan(RecordSnapshot survivor, RecordSnapshot absorbed, MergeRules rules, MergeTerms terms)
    {
        var (one, other) = (survivor.Record, absorbed.Record);
        var fields = one.MergedWith(other);
        terms.Choices.Apply(fields, one, other);
        var erpOwner = one.Partner is null && other.Partner is not null ? other : one;
        fields = erpOwner == other ? rules.Erp.WithErpValues(fields, other) : rules.Erp.KeepErpValues(one, fields);
        var accountOwner = one.UserId is null && other.UserId is not null ? other : one;
        ApplyAccount(fields, accountOwner, erpOwner, rules);
        var statedAt = DecideConsents(fields, survivor, absorbed, terms.Evidence);
        Explain(fields, one, other, accountOwner, erpOwner, rules, terms.Choices);

        var merged = one.Copy();
        merged.Absorb(other, fields, terms.At);
        Merged = new RecordSnapshot(merged, statedAt);
        (ExtraAddress, IsExtraOfAbsorbed) = FindExtraAddress(one.Address, other.Address, merged.Address);
    }

    /// <summary>The survivor after the merge.</summary>
    public RecordSnapshot Merged { get; }

    /// <summary>The fields that have a value on one of the records, in the order of the declaration.</summary>
    public IReadOnlyList<FieldDecision> Decisions => decisions;

    /// <summary>The primary address that becomes an additional one; null where there is none, or both are equal.</summary>
    public Address? ExtraAddress { get; }

    /// <summary>Whether <see cref="ExtraAddress"/> was the absorbed record's.</summary>
    public bool IsExtraOfAbsorbed { get; }

    public static MergePlan Of(RecordSnapshot survivor, RecordSnapshot absorbed, MergeRules rules, MergeTerms terms) =>
        new(survivor, absorbed, rules, terms);

    // The account's values come with it. A phone or language that it does not have stays the record's.
    private static void ApplyAccount(Customer fields, Customer owner, Customer erpOwner, MergeRules rules)
    {
        if (owner.UserId is not { } user)
        {
            return;
        }

        var target = fields.Copy();
        target.UserId = user;
        foreach (var field in CustomerSchema.Fields.Written.Where(field =>
            CustomerSchema.IsOwnedByAccount(field, target) && !rules.Erp.Owns(erpOwner, field)))
        {
            if (!field.IsEmpty(owner) || (field != CustomerSchema.Phone && field != CustomerSchema.Language))
            {
                field.Copy(owner, fields);
            }
        }

        if (fields.CustomerType == CustomerType.Individual && owner.CustomerType == CustomerType.Company
            && !rules.Erp.Owns(erpOwner, CustomerSchema.Name))
        {
            fields.Name = $"{owner.FirstName} {owner.LastName}".Trim() is { Length: > 0 } personal ? personal : owner.Name;
        }

        if (!rules.KeepsCopies)
        {
            CustomerSchema.Fields.Written.ToList().ForEach(field => field.Copy(fields.WithoutAccount(), fields));
        }
    }

    private Dictionary<string, DateTimeOffset> DecideConsents(
        Customer fields, RecordSnapshot survivor, RecordSnapshot absorbed, MergeEvidence evidence)
    {
        var statedAt = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var consent in RecordSnapshot.ConsentFields)
        {
            var (one, other) = (StatementOf(survivor), StatementOf(absorbed));
            var isAbsorbed = (other ?? DateTimeOffset.MinValue) > (one ?? DateTimeOffset.MinValue);
            var (yes, otherYes) = (consent.Read(survivor.Record), consent.Read(absorbed.Record));
            if (one is null && other is null)
            {
                new CustomerChanges(consent.With(yes && otherYes)).Apply(fields);
                decisions.Add(new FieldDecision(consent, IsAbsorbed: yes && !otherYes, MergeReason.BothMustAgree));
            }
            else
            {
                new CustomerChanges(consent.With(isAbsorbed ? otherYes : yes)).Apply(fields);
                decisions.Add(new FieldDecision(consent, isAbsorbed, MergeReason.NewestConsent));
            }

            foreach (var at in new[] { survivor, absorbed }.Where(record => record.StatedAt.ContainsKey(consent.Name))
                .Select(record => record.StatedAt[consent.Name]))
            {
                statedAt[consent.Name] = at > statedAt.GetValueOrDefault(consent.Name) ? at : statedAt[consent.Name];
            }

            DateTimeOffset? StatementOf(RecordSnapshot record) =>
                IsProven(record.Record, evidence) && record.StatedAt.TryGetValue(consent.Name, out var at) ? at : null;
        }

        return statedAt;
    }

    // The account whose proof causes the merge has proven its address just now.
    private static bool IsProven(Customer record, MergeEvidence evidence) =>
        record.EmailVerifiedAt is not null || (evidence == MergeEvidence.Proof && record.UserId is not null);

    private void Explain(
        Customer fields, Customer one, Customer other, Customer accountOwner, Customer erpOwner, MergeRules rules, MergeChoices choices)
    {
        var target = fields.Copy();
        target.UserId = accountOwner.UserId;
        foreach (var field in CustomerSchema.Fields.Written.Where(field =>
            !field.IsConsent && !(field.IsEmpty(one) && field.IsEmpty(other))))
        {
            var isErps = rules.Erp.Owns(erpOwner, field);
            var owner = isErps ? erpOwner : accountOwner;
            if (isErps || CustomerSchema.IsOwnedByAccount(field, target))
            {
                decisions.Add(
                    new FieldDecision(field, owner == other, isErps ? MergeReason.OwnedByErp : MergeReason.OwnedByAccount));
            }
            else
            {
                decisions.Add(new FieldDecision(field, IsAbsorbed(field, fields, one, other), ReasonOf(field, one, other, choices)));
            }
        }

        decisions.Sort((left, right) => CustomerSchema.Fields.PlaceOf(left.Field).CompareTo(CustomerSchema.Fields.PlaceOf(right.Field)));
    }

    private static bool IsAbsorbed(Field<Customer> field, Customer fields, Customer one, Customer other) =>
        field.Differs(fields, one) && !field.Differs(fields, other);

    private static MergeReason ReasonOf(Field<Customer> field, Customer one, Customer other, MergeChoices choices)
    {
        if (choices.Contains(field))
        {
            return MergeReason.Chosen;
        }

        if (field.IsEmpty(one) || field.IsEmpty(other))
        {
            return MergeReason.OnlyValue;
        }

        return field.Merge == MergeRule.Combine && field.Differs(one, other) ? MergeReason.Combined : MergeReason.Survivor;
    }

    private static (Address? Address, bool IsAbsorbed) FindExtraAddress(Address one, Address other, Address merged)
    {
        if (!one.IsEmpty && one != merged)
        {
            return (one, false);
        }

        return other.IsEmpty || other == merged ? (null, false) : (other, true);
    }
}

/// <summary>What decides a merge besides the two records: the fields that an ERP owns, and whether rows hold copies of account
/// data.</summary>
internal sealed record MergeRules(ErpOwnership Erp, bool KeepsCopies)
{
    /// <summary>The addresses (as comparison keys) that partners of the records have in the ERP. An undo needs them.</summary>
    public IReadOnlyDictionary<PartnerKey, string> PartnerAddresses { get; init; } = new Dictionary<PartnerKey, string>();
}

/// <summary>The circumstances of one merge.</summary>
internal sealed record MergeTerms(MergeEvidence Evidence, MergeChoices Choices, DateTimeOffset At);
