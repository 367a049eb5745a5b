'use strict';

// Version 2 of the AWS SDK does not read AWS_ENDPOINT_URL. Frameworks ask CloudFormation when they package a layer.
const path = require('node:path');

const sdk = require(path.join(process.env.FRAMEWORKS, 'aws-sdk'));
sdk.config.update({ cloudformation: { endpoint: process.env.AWS_ENDPOINT_URL } });
