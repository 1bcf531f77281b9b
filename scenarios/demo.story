# The past of the demonstration. Hours count from its beginning; 08:00 is now.

# An incident at level II whose response runs: some duties met, one recorded late, some open.
03:00 public reports | unit: 浦江数据服务有限公司 | occurred: 01:50 | discovered: 02:40 | title: 客户数据疑似被窃取 | says: 外部入侵客户资料平台,导出了客户资料,正在断网排查。日志已附。 | name: 高原 | telephone: 021-5552 0001 | file: access.log | fact: security_threat>=some
03:04 mara calls | duty: sh-4.1.1-oral | to: cac_duty_room | caller: 高原 | callee: 马岚 | says: 客户资料平台被入侵,正在断网
03:10 mara accepts | title: 浦江数据客户资料窃取
03:10 mara classifies | class: IDI/III
03:12 chen receives | by: linkage_centre | channel: oral | happened: 03:02 | caller: 高原 | callee: 陈默
03:13 luo clears | duty: sh-4.1.1-oral | to: linkage_centre
03:15 chen receives | by: linkage_centre | channel: written
03:20 zhou calls | duty: sh-4.1.1-oral | to: district_authority | caller: 高原 | callee: 周正 | late-because: 值班员误以为市级会转告区里
03:30 lin records | fact: system_importance=important | fact: system_loss=considerable | ground: 管理事务中心现场研判
03:30 lin judges | level: III
03:31 lin voices | step: start | level: III | scope: 浦东新区,浦江数据
03:32 chen voices | step: start | level: III | scope: 浦东新区,浦江数据
03:35 zhou calls | duty: sh-4.1.1-immediate | to: district_authority | caller: 高原 | callee: 周正
07:05 public supplements | says: 核心库不可用,业务中断,预计恢复需数日。 | fact: system_loss=severe
07:10 lin judges | level: II
07:12 lin proposes | step: adjust | level: II | scope: 全市 | says: 提升为二级响应,组织专业机构封堵、取证、恢复。 | meets: sh-4.2.2-proposal
07:14 chen endorses | meets: sh-4.2.2-proposal
07:16 lin calls | duty: sh-4.1.2-oral | by: cac_office | caller: 林越 | callee: 总值班室

# An incident at level III: one office has given its voice, the other has not.
06:30 public reports | unit: 汇南人民医院 | discovered: 06:15 | title: 挂号与收费系统遭勒索软件加密 | says: 多台服务器文件被加密,门诊改为手工,已断开内网。 | name: 谭静 | telephone: 021-5553 0002 | file: ransom-note.txt | fact: security_threat>=some | fact: system_loss>=considerable
06:33 mara calls | duty: sh-4.1.1-oral | to: cac_duty_room | caller: 谭静 | callee: 马岚
06:36 mara accepts | title: 汇南人民医院勒索软件事件
06:36 mara classifies | class: MI/CVI
06:38 chen receives | by: linkage_centre | channel: oral | caller: 谭静 | callee: 陈默
06:40 xu calls | duty: sh-4.1.1-oral | to: district_authority | caller: 谭静 | callee: 徐敏
06:50 lin records | fact: system_importance=important | fact: system_loss=considerable | fact: operator_kind=other
06:52 lin judges | level: III
06:55 lin voices | step: start | level: III | scope: 徐汇区,汇南人民医院

# An incident just opened: nobody has asked what the desk should ask.
07:32 public reports | unit: 申城轨道交通运营中心 | discovered: 07:25 | title: 调度系统对外接口遭拒绝服务攻击 | says: 外部流量突增,查询接口缓慢,列车运行未受影响。 | name: 值班工程师 | telephone: 021-5554 0003 | fact: security_threat>=some
07:40 mara accepts | title: 轨道交通查询接口拒绝服务攻击
07:40 mara classifies | class: NAI/DOSAI

# Reports that wait.
07:44 public reports | unit: 外滩文旅集团 | discovered: 07:38 | title: 票务网站首页被篡改 | says: 首页出现陌生图片,已下线。 | name: 值班员 | telephone: 021-5555 0004 | fact: security_threat>=some
07:52 public reports | unit: 闵西职业技术学院 | discovered: 07:46 | title: 学生门户出现钓鱼页面 | says: 学生收到仿冒登录页邮件,数人已填写密码。 | name: 网络中心 | telephone: 021-5556 0005
