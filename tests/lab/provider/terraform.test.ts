import assert from 'node:assert/strict';
import { replacingAttributes, terraformName } from '../../../lab/provider/schema/terraform.ts';

describe("what Terraform's provider replaces a resource for", () => {
  it('is read from the first level of a schema, in both ways that its sources have', () => {
    const source = [
      'func resourceThing() *schema.Resource {',
      '\treturn &schema.Resource{',
      '\t\tSchema: map[string]*schema.Schema{',
      '\t\t\t"subnet_id": {',
      '\t\t\t\tType:     schema.TypeString,',
      '\t\t\t\tForceNew: true,',
      '\t\t\t},',
      '\t\t\tnames.AttrName: {',
      '\t\t\t\tForceNew: true,',
      '\t\t\t},',
      '\t\t\t"block": {',
      '\t\t\t\tElem: &schema.Resource{',
      '\t\t\t\t\tSchema: map[string]*schema.Schema{',
      '\t\t\t\t\t\t"inner": {',
      '\t\t\t\t\t\t\tForceNew: true,',
      '\t\t\t\t\t\t},',
      '\t\t\t"planned": schema.StringAttribute{',
      '\t\t\t\tPlanModifiers: []planmodifier.String{',
      '\t\t\t\t\tstringplanmodifier.RequiresReplace(),',
      '\t\t\t"free": {',
      '\t\t\t\tForceNew: false,',
      '}',
    ].join('\n');
    assert.deepEqual(replacingAttributes(source), ['name', 'planned', 'subnetId']);
  });

  it('is looked for under the names that Terraform has', () => {
    assert.deepEqual(
      [
        'aws:ec2/networkInterface:NetworkInterface',
        'aws:iam/rolePolicy:RolePolicy',
        'aws:cloudwatch/logGroup:LogGroup',
        'aws:s3/bucketVersioning:BucketVersioning',
      ].map(terraformName),
      ['network_interface', 'iam_role_policy', 'cloudwatch_log_group', 's3_bucket_versioning'],
    );
  });
});
